using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Successes in N trials: t(x) = (N − x, x), b(x) = log C(N, x), p̂ = Σwx/(N·Σw).</summary>
/// <param name="trials">N, the same for every row.</param>
public sealed class BinomialFamily(int trials) : CanonicalFamily<Binomial>
{
    /// <summary>N.</summary>
    public int Trials { get; } = trials >= 1 ? trials : throw new ArgumentOutOfRangeException(nameof(trials), trials, "Expected at least one trial.");

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("probability", ParameterRange.Unit)];

    /// <inheritdoc/>
    public override int Features => 2;

    /// <inheritdoc/>
    protected override string Support => $"a count from 0 to {Trials}";

    /// <inheritdoc/>
    public override Binomial Create(ReadOnlySpan<double> parameters) => new(parameters[0]);

    /// <inheritdoc/>
    public override Binomial Reference(ColumnSummary summary) => new(Math.Clamp(summary.Means[0] / Trials, 0, 1));

    /// <inheritdoc/>
    public override void Sample(Binomial component, RandomGenerator random, Span<double> row) =>
        row[0] = Counts.DrawBinomial(Trials, component.Success, random);

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        (features[0], features[1]) = (Trials - x[0], x[0]);
        return Counts.Is(x[0]) && x[0] <= Trials
            ? Counts.LogFactorial(Trials) - Counts.LogFactorial(x[0]) - Counts.LogFactorial(Trials - x[0])
            : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override Binomial Estimate(double n, ReadOnlySpan<double> sums, Binomial current) => new(sums[1] / (sums[0] + sums[1]));

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Binomial component, double value) => TailProbabilities.OfBinomial(Trials, component.Success, value);
}
