using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Positive values whose logarithm is normal: f(x) = N(log x; μ, σ²)/x, estimated like a normal column of the logarithms.</summary>
/// <param name="leastVariance">The least variance of the logarithms.</param>
public sealed class LogNormalFamily(double leastVariance = 1e-10) : NormalFamily(leastVariance)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("meanlog", ParameterRange.Real), new("varlog", ParameterRange.Positive)];

    /// <inheritdoc/>
    public override Normal Reference(ColumnSummary summary)
    {
        double mean = Math.Max(double.Epsilon, summary.Means[0]);
        double variance = Math.Max(LeastVariance, Elementary.Log(1 + summary.Variances[0] / mean / mean));
        return new(Elementary.Log(mean) - variance / 2, variance > 0 && double.IsFinite(variance) ? variance : 1);
    }

    /// <inheritdoc/>
    public override void Sample(Normal component, RandomGenerator random, Span<double> row)
    {
        base.Sample(component, random, row);
        row[0] = Elementary.Exp(row[0]);
    }

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => row[0] > 0 ? null : (0, "a positive number");

    /// <inheritdoc/>
    public override void LogDensity(Normal component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        RowTile logs = LogTile.Of(tile);
        base.LogDensity(component, logs, scratch, logDensity);
        for (int row = 0; row < logDensity.Length; row++)
        {
            logDensity[row] = tile.Column(0)[row] > 0 ? logDensity[row] - logs.Column(0)[row] : double.NegativeInfinity;
        }
    }

    /// <inheritdoc/>
    protected override void Moments(Normal current, RowTile tile, Span<double> first, Span<double> second) => base.Moments(current, LogTile.Of(tile), first, second);

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Normal component, double value) => value > 0 ? base.Tails(component, Elementary.Log(value)) : new TailProbabilities(0, 0, 1);
}
