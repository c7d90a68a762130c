using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Yes or no, as 1 or 0: t(x) = (1 − x, x), p̂ = Σwx/Σw. Both ends of the range are estimates like others.</summary>
public sealed class BernoulliFamily : LinearFamily<Bernoulli>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("probability", ParameterRange.Unit)];

    /// <inheritdoc/>
    public override int Functions => 2;

    /// <inheritdoc/>
    public override Bernoulli Create(ReadOnlySpan<double> parameters) => new(parameters[0]);

    /// <inheritdoc/>
    public override Bernoulli Reference(ColumnSummary summary) => new(Math.Clamp(summary.Means[0], 0, 1));

    /// <inheritdoc/>
    public override void Sample(Bernoulli component, RandomGenerator random, Span<double> row) => row[0] = random.NextDouble() < component.Success ? 1 : 0;

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => double.IsNaN(row[0]) || row[0] is 0 or 1 ? null : (0, "0 or 1");

    /// <inheritdoc/>
    public override void Describe(RowTile tile, int firstColumn, Span<double> functions, Span<double> baseMeasure) =>
        OneHot.Describe(tile, firstColumn, 2, functions, baseMeasure);

    /// <inheritdoc/>
    public override Bernoulli Estimate(ReadOnlySpan<double> statistic, Bernoulli current)
    {
        double n = statistic[0] + statistic[1];
        return n > 0 ? new Bernoulli(statistic[1] / n) : current;
    }

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Bernoulli component, double value) => TailProbabilities.OfBinomial(1, component.Success, value);
}
