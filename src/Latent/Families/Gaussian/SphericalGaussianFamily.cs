using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Gaussian components with one variance for all columns, each component its own. Rows must be complete and finite.
/// </summary>
/// <remarks>The statistic is [N | Σ r(x−μ) | Σ r‖x−μ‖²], μ the current mean: no digits cancel at any offset of the data.</remarks>
public sealed partial class SphericalGaussianFamily :
    IFamily<SphericalGaussian, RowTile>, IStartingFamily<SphericalGaussian>, ISamplingFamily<SphericalGaussian>, ILocationFamily<SphericalGaussian>, ICollapsePenalty<SphericalGaussian>,
    IDegeneracyReport<SphericalGaussian>, IPriorFamily<SphericalGaussian>
{
    /// <summary>The family over rows of <paramref name="columns"/> values.</summary>
    /// <param name="columns">d.</param>
    /// <param name="floor">The bound that keeps components from collapsing; null: <see cref="CovarianceFloor.None"/>.</param>
    /// <param name="prior">The prior of the components; null: none, and the M-step is maximum likelihood.</param>
    public SphericalGaussianFamily(int columns, CovarianceFloor? floor = null, GaussianPrior? prior = null)
    {
        Floor = (floor ?? CovarianceFloor.None).For(columns);
        Prior = prior?.For(columns);
        Columns = columns;
    }

    /// <summary>d.</summary>
    public int Columns { get; }

    /// <summary>The bound: the variance is at least ε times the mean of the columns' variances.</summary>
    public CovarianceFloor Floor { get; }

    /// <summary>The prior of the components; null for none.</summary>
    public GaussianPrior? Prior { get; }

    /// <inheritdoc/>
    public bool HasPrior => Prior is not null;

    /// <inheritdoc/>
    public int StatisticLength => 2 + Columns;

    /// <inheritdoc/>
    public int FreeParameters => Columns + 1;

    /// <inheritdoc/>
    public int ScratchLength(int rows) => rows;

    /// <inheritdoc/>
    public void LogDensity(SphericalGaussian component, RowTile tile, Span<double> scratch, Span<double> logDensity) =>
        DistanceKernel.LogDensity(component.NegatedMean, 1 / component.Variance, tile, component.LogNormalizer, scratch, logDensity, Simd.Level);

    /// <inheritdoc/>
    public void Accumulate(SphericalGaussian current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        statistic[0] += LaneSum.Of(weights);
        DistanceKernel.Accumulate(current.NegatedMean, tile, weights, statistic.Slice(1, Columns), [], Simd.Level);
        statistic[1 + Columns] += Lanes.WeightedSum(weights, scratch, Simd.Level);
    }

    /// <summary>μ + m/N and (M/N − ‖m/N‖²)/d, under the floor; the current component where no row has weight. With a prior, the mode of the posterior.</summary>
    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite, or the variance is zero and there is no floor.</exception>
    public SphericalGaussian Estimate(ReadOnlySpan<double> statistic, SphericalGaussian current)
    {
        double n = statistic[0];
        if (Prior is not null)
        {
            return Estimate(statistic, current, Prior);
        }
        if (!(n > 0))
        {
            return current;
        }
        double[] step = new double[Columns];
        double square = 0;
        for (int j = 0; j < Columns; j++)
        {
            step[j] = statistic[1 + j] / n;
            square += step[j] * step[j];
        }
        (double variance, bool held) = GaussianConstants.Raise((statistic[1 + Columns] / n - square) / Columns, Floor.LeastCommon());
        return new SphericalGaussian(GaussianConstants.Moved(current.Mean, step), variance, held);
    }

    /// <inheritdoc/>
    public SphericalGaussian Reference(ColumnSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        double variance = 0;
        foreach (double scale in CovarianceFloor.RelativeTo(summary).Variances)
        {
            variance += scale / Columns;
        }
        return new SphericalGaussian([.. summary.Means], variance);
    }

    /// <inheritdoc/>
    public SphericalGaussian MoveTo(SphericalGaussian component, ReadOnlySpan<double> mean) => new(mean, component.Variance, component.FloorActive);

    /// <inheritdoc/>
    public double CollapsePenalty(SphericalGaussian component, SphericalGaussian pooled) =>
        Columns * pooled.Variance / component.Variance + component.LogDeterminant;

    /// <inheritdoc/>
    public double Narrowness(SphericalGaussian component, SphericalGaussian pooled) => (CollapsePenalty(component, pooled) - component.LogDeterminant) / Columns;

    /// <inheritdoc/>
    public void Sample(SphericalGaussian component, RandomGenerator random, Span<double> row) => component.Sample(random, row);

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(SphericalGaussian parameters) =>
        parameters.FloorActive ? [(0, GaussianConstants.FloorMessage(Floor.Epsilon))] : [];
}
