using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Failures before the first success: t(x) = x, p̂ = Σw/(Σw + Σwx).</summary>
public sealed class GeometricFamily : CanonicalFamily<Geometric>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("probability", ParameterRange.Unit)];

    /// <inheritdoc/>
    public override int Features => 1;

    /// <inheritdoc/>
    protected override string Support => Counts.Expected;

    /// <inheritdoc/>
    public override Geometric Create(ReadOnlySpan<double> parameters) => new(parameters[0]);

    /// <inheritdoc/>
    public override Geometric Reference(ColumnSummary summary) => new(1 / (1 + Math.Max(0, summary.Means[0])));

    /// <inheritdoc/>
    public override void Sample(Geometric component, RandomGenerator random, Span<double> row) => row[0] = component.Success < 1
        ? Math.Floor(component.Coefficients[1] == 0 ? 0 : Kernels.Elementary.Log(1 - random.NextDouble()) / component.Coefficients[1])
        : 0;

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        features[0] = x[0];
        return Counts.Is(x[0]) ? 0 : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override Geometric Estimate(double n, ReadOnlySpan<double> sums, Geometric current) => new(n / (n + sums[0]));

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Geometric component, double value) => TailProbabilities.OfNegativeBinomial(1, component.Success, value);
}
