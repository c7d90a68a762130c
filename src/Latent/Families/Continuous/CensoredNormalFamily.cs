using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A normal column of which some values are only known to lie above or below a limit; the second column says which: 0 observed, 1 larger, −1 smaller. The E-step also completes the
/// values: E[x | x > c] = μ + σm, E[(x−μ)² | x > c] = σ² + σm(c − μ), m the mean of a standard normal variable beyond (c−μ)/σ [Schmee1979]. EM is exact and monotone, and acceleration
/// makes up for what it is slower.
/// </summary>
/// <param name="leastVariance">The least variance.</param>
public sealed class CensoredNormalFamily(double leastVariance = 1e-300) : NormalFamily(leastVariance)
{
    /// <inheritdoc/>
    public override int Columns => 2;

    /// <summary>An observed value: what would have been censored is no part of the model.</summary>
    /// <inheritdoc/>
    public override void Sample(Normal component, RandomGenerator random, Span<double> row)
    {
        base.Sample(component, random, row);
        row[1] = 0;
    }

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => Censoring.Misfit(row, left: true, double.NegativeInfinity, "a number");

    /// <inheritdoc/>
    public override void LogDensity(Normal component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        base.LogDensity(component, tile, scratch, logDensity);
        for (int row = 0; row < logDensity.Length; row++)
        {
            double side = tile.Column(1)[row];
            if (side != 0)
            {
                logDensity[row] = side is Censoring.Left or Censoring.Right
                    ? NormalTail.LogProbability(side * (tile.Column(0)[row] - component.Mean) / component.Deviation)
                    : double.NegativeInfinity;
            }
        }
    }

    /// <inheritdoc/>
    protected override void Moments(Normal current, RowTile tile, Span<double> first, Span<double> second)
    {
        base.Moments(current, tile, first, second);
        for (int row = 0; row < first.Length; row++)
        {
            double side = tile.Column(1)[row];
            if (side != 0)
            {
                double limit = first[row];
                first[row] = side * current.Deviation * NormalTail.Mean(side * limit / current.Deviation);
                second[row] = current.Variance + first[row] * limit;
            }
        }
    }

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Normal component, double value) => null;
}
