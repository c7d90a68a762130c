using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Poisson counts: t(x) = x, b(x) = −log x!, λ̂ = Σwx/Σw.</summary>
public sealed class PoissonFamily : CanonicalFamily<Poisson>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("rate", ParameterRange.NonNegative)];

    /// <inheritdoc/>
    public override int Features => 1;

    /// <inheritdoc/>
    protected override string Support => Counts.Expected;

    /// <inheritdoc/>
    public override Poisson Create(ReadOnlySpan<double> parameters) => new(parameters[0]);

    /// <inheritdoc/>
    public override Poisson Reference(ColumnSummary summary) => new(Math.Max(0, summary.Means[0]));

    /// <inheritdoc/>
    public override void Sample(Poisson component, RandomGenerator random, Span<double> row) => row[0] = Counts.DrawPoisson(component.Rate, random);

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        features[0] = x[0];
        return Counts.Is(x[0]) ? -Counts.LogFactorial(x[0]) : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override Poisson Estimate(double n, ReadOnlySpan<double> sums, Poisson current) => new(sums[0] / n);

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Poisson component, double value) => TailProbabilities.OfPoisson(component.Rate, value);
}
