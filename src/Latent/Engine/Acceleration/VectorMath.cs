using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Latent.Engine.Acceleration;

/// <summary>
/// Dot products and updates with eight virtual lanes (index mod 8) joined in one fixed order: the same bits on
/// every instruction set.
/// </summary>
internal static class VectorMath
{
    /// <summary>Σ x_i y_i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ref double rx = ref MemoryMarshal.GetReference(x);
        ref double ry = ref MemoryMarshal.GetReference(y[..x.Length]);
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        int i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            low = Vector256.FusedMultiplyAdd(Load(ref rx, i), Load(ref ry, i), low);
            high = Vector256.FusedMultiplyAdd(Load(ref rx, i + 4), Load(ref ry, i + 4), high);
        }
        Span<double> lanes = stackalloc double[8];
        low.CopyTo(lanes);
        high.CopyTo(lanes[4..]);
        for (int lane = 0; i < x.Length; i++, lane++)
        {
            lanes[lane] = Math.FusedMultiplyAdd(x[i], y[i], lanes[lane]);
        }
        return Join(lanes);
    }

    /// <summary>Σ w_i x_i y_i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights)
    {
        ref double rx = ref MemoryMarshal.GetReference(x);
        ref double ry = ref MemoryMarshal.GetReference(y[..x.Length]);
        ref double rw = ref MemoryMarshal.GetReference(weights[..x.Length]);
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        int i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            low = Vector256.FusedMultiplyAdd(Load(ref rx, i) * Load(ref rw, i), Load(ref ry, i), low);
            high = Vector256.FusedMultiplyAdd(Load(ref rx, i + 4) * Load(ref rw, i + 4), Load(ref ry, i + 4), high);
        }
        Span<double> lanes = stackalloc double[8];
        low.CopyTo(lanes);
        high.CopyTo(lanes[4..]);
        for (int lane = 0; i < x.Length; i++, lane++)
        {
            lanes[lane] = Math.FusedMultiplyAdd(x[i] * weights[i], y[i], lanes[lane]);
        }
        return Join(lanes);
    }

    /// <summary>y += a x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double a, ReadOnlySpan<double> x, Span<double> y)
    {
        ref double rx = ref MemoryMarshal.GetReference(x);
        ref double ry = ref MemoryMarshal.GetReference(y[..x.Length]);
        Vector256<double> factor = Vector256.Create(a);
        int i = 0;
        for (; i <= x.Length - 4; i += 4)
        {
            Vector256.FusedMultiplyAdd(factor, Load(ref rx, i), Load(ref ry, i)).StoreUnsafe(ref ry, (nuint)i);
        }
        for (; i < x.Length; i++)
        {
            y[i] = Math.FusedMultiplyAdd(a, x[i], y[i]);
        }
    }

    /// <summary>y += a (u − v).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledDifference(double a, ReadOnlySpan<double> u, ReadOnlySpan<double> v, Span<double> y)
    {
        ref double ru = ref MemoryMarshal.GetReference(u[..y.Length]);
        ref double rv = ref MemoryMarshal.GetReference(v[..y.Length]);
        ref double ry = ref MemoryMarshal.GetReference(y);
        Vector256<double> factor = Vector256.Create(a);
        int i = 0;
        for (; i <= y.Length - 4; i += 4)
        {
            Vector256<double> difference = Load(ref ru, i) - Load(ref rv, i);
            Vector256.FusedMultiplyAdd(factor, difference, Load(ref ry, i)).StoreUnsafe(ref ry, (nuint)i);
        }
        for (; i < y.Length; i++)
        {
            y[i] = Math.FusedMultiplyAdd(a, u[i] - v[i], y[i]);
        }
    }

    /// <summary>Whether every element is finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AllFinite(ReadOnlySpan<double> x)
    {
        // 0·x is 0 for a finite x and NaN otherwise
        double sum = 0;
        foreach (double value in x)
        {
            sum += value * 0;
        }
        return sum == 0;
    }

    private static double Join(ReadOnlySpan<double> lanes) =>
        ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Load(ref double start, int offset) => Vector256.LoadUnsafe(ref start, (nuint)offset);
}
