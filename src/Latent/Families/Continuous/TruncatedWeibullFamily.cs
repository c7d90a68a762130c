using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Weibull times of which only those inside a window are recorded: f(x)/P(lower &lt; X &lt; upper). Shape and scale are those before the window.</summary>
/// <param name="lower">The lower end of the window; 0 for none.</param>
/// <param name="upper">The upper end; ∞ for none.</param>
public sealed class TruncatedWeibullFamily(double lower, double upper) : WeibullFamily
{
    /// <inheritdoc/>
    public override void Sample(Weibull component, RandomGenerator random, Span<double> row)
    {
        (double below, double inside) = (1 - Survival(component, lower), Survival(component, lower) - Survival(component, upper));
        row[0] = Math.Clamp(Quantile(component, below + inside * random.NextDouble()), Math.Max(lower, double.Epsilon), upper);
    }

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => IsInside(row[0]) ? null : (0, $"a positive number from {lower:R} to {upper:R}");

    /// <inheritdoc/>
    public override void LogDensity(Weibull component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        base.LogDensity(component, tile, scratch, logDensity);
        for (int row = 0; row < logDensity.Length; row++)
        {
            logDensity[row] = IsInside(tile.Column(0)[row]) ? logDensity[row] : double.NegativeInfinity;
        }
    }

    /// <inheritdoc/>
    protected override double LogMass(double shape, double logScale)
    {
        double low = lower <= 0 ? 0 : Elementary.Exp(shape * (Elementary.Log(lower) - logScale));
        double high = double.IsPositiveInfinity(upper) ? double.PositiveInfinity : Elementary.Exp(shape * (Elementary.Log(upper) - logScale));
        return -low + Elementary.Log(1 - Elementary.Exp(low - high));
    }

    private bool IsInside(double x) => x > 0 && x >= lower && x <= upper;

    private static double Survival(Weibull component, double x) =>
        x <= 0 ? 1 : double.IsPositiveInfinity(x) ? 0 : Elementary.Exp(-Elementary.Exp(component.Shape * (Elementary.Log(x) - component.LogScale)));

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Weibull component, double value) => null;
}
