using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// One normal column. The statistic is [Σw | Σw(x−μ) | Σw(x−μ)²], μ the current mean, so that no digits cancel. Families of normal variables that are seen through something (a logarithm, a
/// limit of detection, a window) derive from it.
/// </summary>
/// <param name="leastVariance">The least variance, positive: it keeps a component from collapsing. Take a tiny part of the data's, such as 10⁻⁸.</param>
public class NormalFamily(double leastVariance = 1e-300) : ParametricFamily<Normal>, IStepwiseFamily<Normal>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("mean", ParameterRange.Real), new("variance", ParameterRange.Positive)];

    /// <inheritdoc/>
    public override int StatisticLength => 3;

    /// <summary>The least variance.</summary>
    public double LeastVariance { get; } = leastVariance;

    /// <summary>The rows' coordinates are in units of this: about the deviation of the data.</summary>
    protected double Unit { get; } = Math.Max(1e-150, Math.Sqrt(leastVariance) * 1e4);

    /// <inheritdoc/>
    public override Normal Create(ReadOnlySpan<double> parameters) => new(parameters[0], parameters[1]);

    /// <inheritdoc/>
    public override Normal Reference(ColumnSummary summary) => new(summary.Means[0], Math.Max(LeastVariance, summary.Variances[0] > 0 ? summary.Variances[0] : 1));

    /// <inheritdoc/>
    public override void Sample(Normal component, RandomGenerator random, Span<double> row) => row[0] = component.Mean + component.Deviation * random.NextGaussian();

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => null;

    /// <inheritdoc/>
    public override void LogDensity(Normal component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        ReadOnlySpan<double> x = tile.Column(0);
        double half = -0.5 / component.Variance;
        for (int row = 0; row < x.Length; row++)
        {
            double deviation = x[row] - component.Mean;
            logDensity[row] = Math.FusedMultiplyAdd(half * deviation, deviation, component.LogNormalizer);
        }
    }

    /// <inheritdoc/>
    public override void Accumulate(Normal current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        Span<double> first = stackalloc double[RowTile.Capacity];
        Span<double> second = stackalloc double[RowTile.Capacity];
        first = first[..weights.Length];
        second = second[..weights.Length];
        Moments(current, tile, first, second);
        statistic[0] += LaneSum.Of(weights);
        for (int row = 0; row < weights.Length; row++)
        {
            (first[row], second[row]) = weights[row] > 0 ? (weights[row] * first[row], weights[row] * second[row]) : (0, 0);
        }
        statistic[1] += LaneSum.Of(first);
        statistic[2] += LaneSum.Of(second);
    }

    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistics, ReadOnlySpan<Normal> from, ReadOnlySpan<Normal> to)
    {
        for (int k = 0; k < from.Length; k++)
        {
            Span<double> own = statistics.Slice(3 * k, 3);
            double shift = Origin(from[k]) - Origin(to[k]);
            own[2] += shift * (2 * own[1] + own[0] * shift);
            own[1] += own[0] * shift;
        }
    }

    /// <summary>The current component where no row has weight.</summary>
    /// <inheritdoc/>
    /// <exception cref="NumericalException">A sum is not finite.</exception>
    public override Normal Estimate(ReadOnlySpan<double> statistic, Normal current)
    {
        double n = statistic[0];
        if (!(n > 0))
        {
            return current;
        }
        double shift = statistic[1] / n;
        double variance = statistic[2] / n - shift * shift;
        return double.IsFinite(variance)
            ? Maximize(n, shift, Math.Max(variance, LeastVariance), current)
            : throw new NumericalException($"Expected finite sums of the data, found a variance of {variance}. Rescale the columns.");
    }

    /// <summary>What moments are taken about, the same for all who know the component: its mean, unless rows cannot be near that.</summary>
    protected virtual double Origin(Normal component) => component.Mean;

    /// <summary>The expected deviation from the origin and its square for every row, given what is seen of it.</summary>
    protected virtual void Moments(Normal current, RowTile tile, Span<double> first, Span<double> second)
    {
        ReadOnlySpan<double> x = tile.Column(0);
        double origin = Origin(current);
        for (int row = 0; row < x.Length; row++)
        {
            first[row] = x[row] - origin;
            second[row] = first[row] * first[row];
        }
    }

    /// <summary>The estimate from the mean, as a shift from the current origin, and the variance of the rows.</summary>
    protected virtual Normal Maximize(double n, double shift, double variance, Normal current) => new(Origin(current) + shift, variance);

    /// <inheritdoc/>
    protected override string? Held(Normal component) => component.Variance <= LeastVariance * (1 + 1e-12) ? Floors.Message("its variance", LeastVariance) : null;

    /// <inheritdoc/>
    protected override double SquaredWidth(Normal component) => component.Variance;

    /// <inheritdoc/>
    protected override void WriteCoordinates(Normal component, Span<double> point) =>
        (point[0], point[1]) = (component.Mean / Unit, Elementary.Log(component.Variance / Unit / Unit));

    /// <inheritdoc/>
    protected override double[]? ReadCoordinates(ReadOnlySpan<double> point)
    {
        double variance = Elementary.Exp(point[1]) * Unit * Unit;
        return variance >= LeastVariance * (1 - 1e-12) && double.IsFinite(variance * point[0]) ? [point[0] * Unit, Math.Max(variance, LeastVariance)] : null;
    }

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Normal component, double value) => TailProbabilities.OfNormal((value - component.Mean) / component.Deviation);
}
