using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A normal column that is only recorded inside a window: f(x) = N(x; μ, σ²)/P(lower &lt; X &lt; upper). μ and σ are those of the variable before the window. The M-step is climbed by Newton's
/// method from the current component; a deviation of more than a hundred windows counts as flat.
/// </summary>
/// <param name="lower">The lower end of the window, or −∞.</param>
/// <param name="upper">The upper end, or ∞.</param>
/// <param name="leastVariance">The least variance.</param>
public sealed class TruncatedNormalFamily(double lower, double upper, double leastVariance = 1e-300) : NormalFamily(leastVariance)
{
    private readonly double _mostDeviation = 100 * (double.IsFinite(upper - lower) ? upper - lower : double.PositiveInfinity);

    /// <summary>By inversion of the tail, so that a window far out takes no longer than one around the mean.</summary>
    /// <inheritdoc/>
    public override void Sample(Normal component, RandomGenerator random, Span<double> row)
    {
        (double low, double high) = ((lower - component.Mean) / component.Deviation, (upper - component.Mean) / component.Deviation);
        double side = low + high < 0 ? -1 : 1;
        (low, high) = side < 0 ? (-high, -low) : (low, high);
        double most = NormalTail.LogProbability(low);
        double share = double.IsPositiveInfinity(high) ? 1 : 1 - Elementary.Exp(NormalTail.LogProbability(high) - most);
        double target = most + Elementary.Log(1 - share * random.NextDouble());
        double from = Math.Max(low, -40);
        double z = SafeNewton.Root(z => (NormalTail.LogProbability(z) - target, -NormalTail.Mean(z)), from, from, Math.Min(high, from + 80));
        row[0] = Math.Clamp(component.Mean + side * component.Deviation * z, lower, upper);
    }

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => row[0] >= lower && row[0] <= upper ? null : (0, $"a number from {lower:R} to {upper:R}");

    /// <inheritdoc/>
    public override void LogDensity(Normal component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        base.LogDensity(component, tile, scratch, logDensity);
        double mass = LogMass(component.Mean, component.Deviation);
        for (int row = 0; row < logDensity.Length; row++)
        {
            double x = tile.Column(0)[row];
            logDensity[row] = x >= lower && x <= upper ? logDensity[row] - mass : double.NegativeInfinity;
        }
    }

    /// <inheritdoc/>
    protected override Normal Maximize(double n, double shift, double variance, Normal current)
    {
        // In units of the current deviation about the current mean.
        double[] found = NewtonAscent.Maximize(
            point =>
            {
                double deviation = current.Deviation * Elementary.Exp(point[1]);
                double mean = current.Mean + current.Deviation * point[0];
                double off = shift - current.Deviation * point[0];
                return deviation > _mostDeviation || deviation * deviation < LeastVariance
                    ? double.NaN
                    : -point[1] - (variance + off * off) / (2 * deviation * deviation) - LogMass(mean, deviation);
            },
            [0, 0]);
        double scale = current.Deviation * Elementary.Exp(found[1]);
        return new(current.Mean + current.Deviation * found[0], Math.Max(LeastVariance, scale * scale));
    }

    /// <inheritdoc/>
    protected override string? Held(Normal component) => component.Deviation > 0.99 * _mostDeviation
        ? "its deviation is at its bound: the rows are spread over the window as evenly as a normal distribution can. Use a uniform component."
        : base.Held(component);

    private double LogMass(double mean, double deviation) => NormalTail.LogInterval((lower - mean) / deviation, (upper - mean) / deviation);

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Normal component, double value) => null;
}
