using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Times with a constant hazard of which only those inside a window are recorded: t(x) = x − a. λ̂ solves 1/λ − w/(e^(λw) − 1) = mean of t, w the window's width; a mean in its second half gives rate 0.
/// </summary>
/// <param name="lower">a, the lower end of the window.</param>
/// <param name="upper">The upper end, or ∞.</param>
/// <param name="leastMean">The least mean above the lower end, positive.</param>
public sealed class TruncatedExponentialFamily(double lower, double upper, double leastMean = 1e-300) : CanonicalFamily<TruncatedExponential>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("rate", ParameterRange.NonNegative)];

    /// <inheritdoc/>
    public override int Features => 1;

    /// <inheritdoc/>
    protected override string Support => $"a number from {lower:R} to {upper:R}";

    /// <inheritdoc/>
    public override TruncatedExponential Create(ReadOnlySpan<double> parameters) => new(parameters[0], lower, upper);

    /// <inheritdoc/>
    public override TruncatedExponential Reference(ColumnSummary summary) => new(1 / Math.Max(leastMean, summary.Means[0] - lower), lower, upper);

    /// <inheritdoc/>
    public override void Sample(TruncatedExponential component, RandomGenerator random, Span<double> row)
    {
        double share = double.IsFinite(upper) ? -Elementary.ExpMinusOne(-component.Rate * (upper - lower)) : 1;
        row[0] = component.Rate > 0
            ? Math.Min(upper, lower - Elementary.LogOnePlus(-share * random.NextDouble()) / component.Rate)
            : lower + (upper - lower) * random.NextDouble();
    }

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        features[0] = x[0] - lower;
        return x[0] >= lower && x[0] <= upper ? 0 : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override TruncatedExponential Estimate(double n, ReadOnlySpan<double> sums, TruncatedExponential current)
    {
        double mean = Math.Max(leastMean, sums[0] / n);
        double width = upper - lower;
        if (mean >= width / 2)
        {
            return new(0, lower, upper);
        }
        // In units of the window, x = λw; the mean falls from ½ as x grows.
        double share = mean / width;
        double x = share < 1e-3 ? 1 / share : SafeNewton.Root(x => (Mean(x) - share, Slope(x)), 1 / share, 0, 1 / share);
        return new(double.IsFinite(width) ? x / width : 1 / mean, lower, upper);
    }

    /// <inheritdoc/>
    protected override string? Held(TruncatedExponential component) => component.Rate * leastMean >= 1 ? Floors.Message("its mean", leastMean) : null;

    /// <summary>1/x − 1/(eˣ − 1), near 0 by its series.</summary>
    private static double Mean(double x) => x < 1e-2 ? 0.5 - x / 12 + x * x * x / 720 : 1 / x - 1 / (Elementary.Exp(x) - 1);

    private static double Slope(double x)
    {
        double e = Elementary.Exp(Math.Min(x, 300));
        return x < 1e-2 ? -1.0 / 12 + x * x / 240 : -1 / (x * x) + e / ((e - 1) * (e - 1));
    }
}
