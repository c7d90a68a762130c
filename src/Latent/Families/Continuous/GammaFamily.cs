using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Positive values of a constant coefficient of variation: t(x) = (x, log x). α̂ solves log α − ψ(α) = log x̄ − mean of log x, by Newton's method in log α; β̂ = α̂/x̄.
/// </summary>
public sealed class GammaFamily : CanonicalFamily<Gamma>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("shape", ParameterRange.Positive), new("rate", ParameterRange.Positive)];

    /// <inheritdoc/>
    public override int Features => 2;

    /// <inheritdoc/>
    protected override string Support => "a positive number";

    /// <inheritdoc/>
    public override Gamma Create(ReadOnlySpan<double> parameters) => new(parameters[0], parameters[1]);

    /// <inheritdoc/>
    public override Gamma Reference(ColumnSummary summary)
    {
        (double mean, double variance) = (summary.Means[0], summary.Variances[0]);
        double shape = variance > 0 ? Math.Clamp(mean * mean / variance, 1e-3, 1e3) : 1;
        return new(shape, shape / mean);
    }

    /// <inheritdoc/>
    public override void Sample(Gamma component, RandomGenerator random, Span<double> row) =>
        row[0] = Math.Max(double.Epsilon, MathNet.Numerics.Distributions.Gamma.Sample(new SystemRandom(random), component.Shape, component.Rate));

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        (features[0], features[1]) = (x[0], Elementary.Log(x[0]));
        return x[0] > 0 ? 0 : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override Gamma Estimate(double n, ReadOnlySpan<double> sums, Gamma current)
    {
        double mean = sums[0] / n;
        double spread = Elementary.Log(mean) - sums[1] / n;
        double logShape = SafeNewton.Root(
            u =>
            {
                double shape = Elementary.Exp(u);
                return (u - GammaFunctions.Digamma(shape) - spread, 1 - shape * GammaFunctions.Trigamma(shape));
            },
            Elementary.Log(current.Shape), Elementary.Log(Floors.LeastShape), Elementary.Log(Floors.MostShape));
        double shape = Elementary.Exp(logShape);
        return new(shape, shape / mean);
    }

    /// <inheritdoc/>
    protected override string? Held(Gamma component) => component.Shape > 0.999 * Floors.MostShape ? Floors.Message("its shape", Floors.MostShape) : null;

    /// <inheritdoc/>
    protected override double SquaredWidth(Gamma component) => 1 / component.Shape;

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Gamma component, double value) => TailProbabilities.OfGamma(component.Shape, component.Rate * value);
}
