using System.Runtime.CompilerServices;

namespace Latent.Kernels;

/// <summary>One double at a time: any processor, and the reference for the wider ones.</summary>
internal unsafe readonly struct SimdScalar : ISimd<SimdScalar, double>
{
    private const long OneBits = 0x3FF0_0000_0000_0000;
    private const long RootHalfBits = 0x3FE6_A09E_667F_3BCD;
    private const long MantissaMask = 0x000F_FFFF_FFFF_FFFF;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    public static double Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Broadcast(double value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Load(double* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(double* target, double value) => *target = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Add(double a, double b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Subtract(double a, double b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Multiply(double a, double b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Divide(double a, double b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Fma(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double FmaNegated(double a, double b, double c) => Math.FusedMultiplyAdd(-a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sqrt(double a) => Math.Sqrt(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Max(double a, double b) => a > b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Min(double a, double b) => a < b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double IfLess(double a, double b, double then, double otherwise) => a < b ? then : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double IfAtMost(double a, double b, double then, double otherwise) => a <= b ? then : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllLess(double a, double b) => a < b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllEqual(double a, double b) => a == b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double AddExponent(double x, double shifted) =>
        BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) + (BitConverter.DoubleToInt64Bits(shifted) << 52));

    /// <summary>Two factors, of which only the second can round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Scale(double x, double shifted)
    {
        int n = (int)BitConverter.DoubleToInt64Bits(shifted);
        int first = n >> 1;
        int second = n - first;
        return x * BitConverter.Int64BitsToDouble(((long)first << 52) + OneBits) * BitConverter.Int64BitsToDouble(((long)second << 52) + OneBits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SplitExponent(double x, out double mantissa)
    {
        long moved = BitConverter.DoubleToInt64Bits(x) + (OneBits - RootHalfBits);
        mantissa = BitConverter.Int64BitsToDouble((moved & MantissaMask) + RootHalfBits);
        return (moved >>> 52) - 1023;
    }
}
