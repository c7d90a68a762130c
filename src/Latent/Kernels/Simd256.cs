using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Kernels;

/// <summary>Four doubles in an AVX2 register.</summary>
internal unsafe readonly struct Simd256 : ISimd<Simd256, Vector256<double>>
{
    private const long OneBits = 0x3FF0_0000_0000_0000;
    private const long RootHalfBits = 0x3FE6_A09E_667F_3BCD;
    private const long MantissaMask = 0x000F_FFFF_FFFF_FFFF;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    public static Vector256<double> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<double>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Broadcast(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(double* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(double* target, Vector256<double> value) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> a, Vector256<double> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Subtract(Vector256<double> a, Vector256<double> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Multiply(Vector256<double> a, Vector256<double> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Divide(Vector256<double> a, Vector256<double> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Fma(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> FmaNegated(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        System.Runtime.Intrinsics.X86.Fma.MultiplyAddNegated(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sqrt(Vector256<double> a) => Avx.Sqrt(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Max(Vector256<double> a, Vector256<double> b) => Avx.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Min(Vector256<double> a, Vector256<double> b) => Avx.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> IfLess(Vector256<double> a, Vector256<double> b, Vector256<double> then, Vector256<double> otherwise) =>
        Avx.BlendVariable(otherwise, then, Avx.CompareLessThan(a, b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> IfAtMost(Vector256<double> a, Vector256<double> b, Vector256<double> then, Vector256<double> otherwise) =>
        Avx.BlendVariable(otherwise, then, Avx.CompareLessThanOrEqual(a, b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllLess(Vector256<double> a, Vector256<double> b) => Avx.MoveMask(Avx.CompareLessThan(a, b)) == 0xF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllEqual(Vector256<double> a, Vector256<double> b) => Avx.MoveMask(Avx.CompareEqual(a, b)) == 0xF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddExponent(Vector256<double> x, Vector256<double> shifted) =>
        (x.AsInt64() + (shifted.AsInt64() << 52)).AsDouble();

    /// <summary>Two factors, of which only the second can round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Scale(Vector256<double> x, Vector256<double> shifted)
    {
        // The low 32 bits of the shifted constant are n in two's complement; halve them with sign, the rest by difference.
        Vector256<long> n = Avx2.Shuffle(shifted.AsInt32(), 0b10_10_00_00).AsInt64();
        Vector256<long> first = Avx2.ShiftRightArithmetic(n.AsInt32(), 1).AsInt64();
        Vector256<long> second = (n.AsInt32() - first.AsInt32()).AsInt64();
        Vector256<long> one = Vector256.Create(OneBits);
        return x * ((first << 52) + one).AsDouble() * ((second << 52) + one).AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> SplitExponent(Vector256<double> x, out Vector256<double> mantissa)
    {
        Vector256<long> moved = x.AsInt64() + Vector256.Create(OneBits - RootHalfBits);
        mantissa = ((moved & Vector256.Create(MantissaMask)) + Vector256.Create(RootHalfBits)).AsDouble();
        Vector256<double> biased = (Vector256.ShiftRightLogical(moved, 52) | Vector256.Create(4503599627370496.0).AsInt64()).AsDouble();
        return biased - Vector256.Create(4503599627370496.0 + 1023);
    }
}
