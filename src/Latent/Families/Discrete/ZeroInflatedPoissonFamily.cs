using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Poisson counts with further zeros: t(x) = (1[x > 0], x). λ̂ solves λ/(1 − e^(−λ)) = mean of the positive counts, and π̂ the share of zeros; where that would be negative the
/// estimate is the Poisson distribution. [Lambert1992]
/// </summary>
public sealed class ZeroInflatedPoissonFamily : CanonicalFamily<ZeroInflatedPoisson>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("inflation", ParameterRange.Unit), new("rate", ParameterRange.NonNegative)];

    /// <inheritdoc/>
    public override int Features => 2;

    /// <inheritdoc/>
    protected override string Support => Counts.Expected;

    /// <inheritdoc/>
    public override ZeroInflatedPoisson Create(ReadOnlySpan<double> parameters) => new(parameters[0], parameters[1]);

    /// <inheritdoc/>
    public override ZeroInflatedPoisson Reference(ColumnSummary summary) => new(0.1, Math.Max(0, summary.Means[0]));

    /// <inheritdoc/>
    public override void Sample(ZeroInflatedPoisson component, RandomGenerator random, Span<double> row) =>
        row[0] = random.NextDouble() < component.Inflation ? 0 : Counts.DrawPoisson(component.Rate, random);

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        (features[0], features[1]) = (x[0] > 0 ? 1 : 0, x[0]);
        return Counts.Is(x[0]) ? -Counts.LogFactorial(x[0]) : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override ZeroInflatedPoisson Estimate(double n, ReadOnlySpan<double> sums, ZeroInflatedPoisson current)
    {
        double positive = sums[0];
        double mean = sums[1] / positive;
        double poisson = sums[1] / n;
        if (!(mean > 1))
        {
            return new(0, poisson);
        }
        double rate = SafeNewton.Root(
            rate =>
            {
                double some = -Kernels.Elementary.ExpMinusOne(-rate);
                return (rate - mean * some, 1 - mean * (1 - some));
            },
            mean, poisson, mean);
        double share = positive / n / -Kernels.Elementary.ExpMinusOne(-rate);
        return share < 1 && rate > poisson ? new(1 - share, rate) : new(0, poisson);
    }

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(ZeroInflatedPoisson component, double value) => new TailProbabilities(0, 0, 0)
        .Plus(component.Inflation, TailProbabilities.OfPoisson(0, value)).Plus(1 - component.Inflation, TailProbabilities.OfPoisson(component.Rate, value));
}
