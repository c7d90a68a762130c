using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Times with a constant hazard: t(x) = x, λ̂ = Σw/Σwx, its mean held at a least one so that a component of zeros does not collapse.</summary>
/// <param name="leastMean">The least mean, positive. Take a tiny part of the data's, such as 10⁻⁸.</param>
public sealed class ExponentialFamily(double leastMean = 1e-300) : CanonicalFamily<Exponential>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("rate", ParameterRange.Positive)];

    /// <inheritdoc/>
    public override int Features => 1;

    /// <inheritdoc/>
    protected override string Support => "a number of zero or more";

    /// <inheritdoc/>
    public override Exponential Create(ReadOnlySpan<double> parameters) => new(parameters[0]);

    /// <inheritdoc/>
    public override Exponential Reference(ColumnSummary summary) => new(1 / Math.Max(leastMean, summary.Means[0]));

    /// <inheritdoc/>
    public override void Sample(Exponential component, RandomGenerator random, Span<double> row) => row[0] = -Elementary.Log(1 - random.NextDouble()) / component.Rate;

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        features[0] = x[0];
        return x[0] >= 0 ? 0 : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override Exponential Estimate(double n, ReadOnlySpan<double> sums, Exponential current) => new(1 / Math.Max(leastMean, sums[0] / n));

    /// <inheritdoc/>
    protected override string? Held(Exponential component) => component.Rate * leastMean >= 1 ? Floors.Message("its mean", leastMean) : null;

    /// <inheritdoc/>
    protected override double SquaredWidth(Exponential component) => 1 / (component.Rate * component.Rate);

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Exponential component, double value) => TailProbabilities.OfGamma(1, component.Rate * value);
}
