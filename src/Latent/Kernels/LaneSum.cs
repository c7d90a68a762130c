using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>Sums over rows in eight lanes (row index modulo 8), joined in a fixed order: the same bits at any register width.</summary>
internal static class LaneSum
{
    /// <summary>The sum of a span whose length is a multiple of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Of(ReadOnlySpan<double> values)
    {
        Vector512<double> lanes = Vector512<double>.Zero;
        for (; values.Length >= Vector512<double>.Count; values = values[Vector512<double>.Count..])
        {
            lanes += Vector512.Create(values);
        }
        Vector256<double> four = lanes.GetLower() + lanes.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }
}
