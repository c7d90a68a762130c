using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Latent.Kernels;

namespace Latent.Topics;

/// <summary>Dot products in eight lanes and sums of vectors, the same bits at any register width.</summary>
internal static class Products
{
    /// <summary>Σ a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Span<double> sums = stackalloc double[Lanes.Count];
        Vector512<double> lanes = Vector512<double>.Zero;
        int i = 0;
        for (; i <= a.Length - Lanes.Count; i += Lanes.Count)
        {
            lanes = Vector512.FusedMultiplyAdd(Vector512.Create(a[i..]), Vector512.Create(b[i..]), lanes);
        }
        lanes.CopyTo(sums);
        for (; i < a.Length; i++)
        {
            sums[i & (Lanes.Count - 1)] = Math.FusedMultiplyAdd(a[i], b[i], sums[i & (Lanes.Count - 1)]);
        }
        return LaneSum.Of(sums);
    }

    /// <summary>Adds factor·source to the target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(ReadOnlySpan<double> source, double factor, Span<double> target)
    {
        Vector512<double> factors = Vector512.Create(factor);
        int i = 0;
        for (; i <= source.Length - Lanes.Count; i += Lanes.Count)
        {
            Vector512.FusedMultiplyAdd(Vector512.Create(source[i..]), factors, Vector512.Create((ReadOnlySpan<double>)target[i..])).CopyTo(target[i..]);
        }
        for (; i < source.Length; i++)
        {
            target[i] = Math.FusedMultiplyAdd(source[i], factor, target[i]);
        }
    }
}
