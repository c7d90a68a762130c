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
        (double low, double high) = Hazards(component.Shape, component.LogScale);
        double hazard = low - Elementary.LogOnePlus(random.NextDouble() * Elementary.ExpMinusOne(low - high));
        row[0] = Math.Clamp(component.Scale * Elementary.Exp(Elementary.Log(hazard) / component.Shape), Math.Max(lower, double.Epsilon), upper);
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
        (double low, double high) = Hazards(shape, logScale);
        return -low + Elementary.Log(-Elementary.ExpMinusOne(low - high));
    }

    private bool IsInside(double x) => x > 0 && x >= lower && x <= upper;

    /// <summary>(x/λ)^k at both ends: minus the logarithm of the probability to be beyond.</summary>
    private (double Low, double High) Hazards(double shape, double logScale) => (
        lower <= 0 ? 0 : Elementary.Exp(shape * (Elementary.Log(lower) - logScale)),
        double.IsPositiveInfinity(upper) ? double.PositiveInfinity : Elementary.Exp(shape * (Elementary.Log(upper) - logScale)));

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Weibull component, double value) => null;
}
