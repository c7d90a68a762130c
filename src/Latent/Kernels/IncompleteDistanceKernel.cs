using System.Runtime.Intrinsics;
using Latent.Data;

namespace Latent.Kernels;

/// <summary>
/// Gaussians without correlations over rows with missing cells (NaN): densities of the observed cells, and weighted sums of x − μ and of its squares in which a
/// missing cell counts as its expectation. One SIMD lane is one row.
/// </summary>
internal static class IncompleteDistanceKernel
{
    private const int Stride = RowTile.Capacity;

    /// <summary>Writes Σⱼ (cⱼ − ½((x−μ)·s)²) over the observed cells of every row.</summary>
    /// <param name="negatedMean">−μ.</param>
    /// <param name="scales">s.</param>
    /// <param name="constants">cⱼ, the log-density of each column at its mean.</param>
    /// <param name="tile">The rows.</param>
    /// <param name="logDensity">Receives one value per row.</param>
    public static void LogDensity(ReadOnlySpan<double> negatedMean, ReadOnlySpan<double> scales, ReadOnlySpan<double> constants, RowTile tile, Span<double> logDensity)
    {
        ReadOnlySpan<double> values = tile.Values;
        Vector512<double> half = Vector512.Create(-0.5);
        for (int group = 0; group < tile.PaddedRows; group += Lanes.Count)
        {
            Vector512<double> sum = Vector512<double>.Zero;
            for (int j = 0; j < negatedMean.Length; j++)
            {
                Vector512<double> x = Vector512.Create(values.Slice(j * Stride + group, Lanes.Count));
                Vector512<double> z = (Vector512.Create(negatedMean[j]) + x) * Vector512.Create(scales[j]);
                Vector512<double> own = Vector512.FusedMultiplyAdd(half * z, z, Vector512.Create(constants[j]));
                sum += Vector512.ConditionalSelect(Vector512.Equals(x, x), own, Vector512<double>.Zero);
            }
            sum.CopyTo(logDensity[group..]);
        }
    }

    /// <summary>Adds Σ r·E(x−μ) and Σ r·E(x−μ)², where a missing cell has expectation 0 and σ².</summary>
    /// <param name="negatedMean">−μ.</param>
    /// <param name="variances">σ².</param>
    /// <param name="tile">The rows.</param>
    /// <param name="weights">r.</param>
    /// <param name="sums">The first sums so far.</param>
    /// <param name="squares">The second sums so far.</param>
    public static void Accumulate(ReadOnlySpan<double> negatedMean, ReadOnlySpan<double> variances, RowTile tile, ReadOnlySpan<double> weights, Span<double> sums, Span<double> squares)
    {
        ReadOnlySpan<double> values = tile.Values;
        Span<double> lanes = stackalloc double[2 * Lanes.Count];
        for (int j = 0; j < negatedMean.Length; j++)
        {
            Vector512<double> first = Vector512<double>.Zero;
            Vector512<double> second = Vector512<double>.Zero;
            for (int group = 0; group < tile.PaddedRows; group += Lanes.Count)
            {
                Vector512<double> r = Vector512.Create(weights.Slice(group, Lanes.Count));
                Vector512<double> x = Vector512.Create(values.Slice(j * Stride + group, Lanes.Count));
                Vector512<double> observed = Vector512.Equals(x, x) & Vector512.GreaterThan(r, Vector512<double>.Zero);
                Vector512<double> deviation = Vector512.ConditionalSelect(observed, Vector512.Create(negatedMean[j]) + x, Vector512<double>.Zero);
                Vector512<double> variance = Vector512.ConditionalSelect(observed, Vector512<double>.Zero, Vector512.Create(variances[j]));
                Vector512<double> weighted = r * deviation;
                first += weighted;
                second = Vector512.FusedMultiplyAdd(weighted, deviation, Vector512.FusedMultiplyAdd(r, variance, second));
            }
            first.CopyTo(lanes);
            second.CopyTo(lanes[Lanes.Count..]);
            sums[j] += LaneSum.Of(lanes[..Lanes.Count]);
            squares[j] += LaneSum.Of(lanes[Lanes.Count..]);
        }
    }
}
