using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Gaussian components with a variance per column and no correlations. Rows must be complete and finite.
/// </summary>
/// <remarks>The statistic is [N | Σ r(x−μ) | Σ r(x−μ)²], μ the current mean: no digits cancel at any offset of the data.</remarks>
public sealed partial class DiagonalGaussianFamily :
    IFamily<DiagonalGaussian, RowTile>, IStartingFamily<DiagonalGaussian>, ISamplingFamily<DiagonalGaussian>, ILocationFamily<DiagonalGaussian>, ICollapsePenalty<DiagonalGaussian>,
    IDegeneracyReport<DiagonalGaussian>, IPriorFamily<DiagonalGaussian>
{
    /// <summary>The family over rows of <paramref name="columns"/> values.</summary>
    /// <param name="columns">d.</param>
    /// <param name="floor">The bound that keeps components from collapsing; null: <see cref="CovarianceFloor.None"/>.</param>
    /// <param name="prior">The prior of the components; null: none, and the M-step is maximum likelihood.</param>
    public DiagonalGaussianFamily(int columns, CovarianceFloor? floor = null, GaussianPrior? prior = null)
    {
        Floor = (floor ?? CovarianceFloor.None).For(columns);
        Prior = prior?.For(columns);
        Columns = columns;
    }

    /// <summary>d.</summary>
    public int Columns { get; }

    /// <summary>The bound: every variance is at least ε times its column's.</summary>
    public CovarianceFloor Floor { get; }

    /// <summary>The prior of the components; null for none.</summary>
    public GaussianPrior? Prior { get; }

    /// <inheritdoc/>
    public bool HasPrior => Prior is not null;

    /// <inheritdoc/>
    public int StatisticLength => 1 + 2 * Columns;

    /// <inheritdoc/>
    public int FreeParameters => 2 * Columns;

    /// <inheritdoc/>
    public void LogDensity(DiagonalGaussian component, RowTile tile, Span<double> scratch, Span<double> logDensity) =>
        DistanceKernel.LogDensity(component.NegatedMean, component.Scales, tile, component.LogNormalizer, logDensity, Simd.Level);

    /// <inheritdoc/>
    public void Accumulate(DiagonalGaussian current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        statistic[0] += LaneSum.Of(weights);
        DistanceKernel.Accumulate(current.NegatedMean, tile, weights, statistic.Slice(1, Columns), statistic.Slice(1 + Columns, Columns), Simd.Level);
    }

    /// <summary>μ + m/N and M/N − m²/N², under the floor; the current component where no row has weight. With a prior, the mode of the posterior.</summary>
    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite, or a variance is zero and there is no floor.</exception>
    public DiagonalGaussian Estimate(ReadOnlySpan<double> statistic, DiagonalGaussian current)
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
        double[] variances = new double[Columns];
        bool held = false;
        for (int j = 0; j < Columns; j++)
        {
            step[j] = statistic[1 + j] / n;
            double variance = statistic[1 + Columns + j] / n - step[j] * step[j];
            (variances[j], bool raised) = GaussianConstants.Raise(variance, Floor.Least(j));
            held |= raised;
        }
        return new DiagonalGaussian(GaussianConstants.Moved(current.Mean, step), variances, held);
    }

    /// <inheritdoc/>
    public DiagonalGaussian Reference(ColumnSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return new DiagonalGaussian([.. summary.Means], CovarianceFloor.RelativeTo(summary).Variances);
    }

    /// <inheritdoc/>
    public DiagonalGaussian MoveTo(DiagonalGaussian component, ReadOnlySpan<double> mean) => new(mean, component.Variances, component.FloorActive);

    /// <inheritdoc/>
    public double CollapsePenalty(DiagonalGaussian component, DiagonalGaussian pooled)
    {
        double trace = 0;
        for (int j = 0; j < Columns; j++)
        {
            trace += pooled.Variances[j] / component.Variances[j];
        }
        return trace + component.LogDeterminant;
    }

    /// <inheritdoc/>
    public double Narrowness(DiagonalGaussian component, DiagonalGaussian pooled) => (CollapsePenalty(component, pooled) - component.LogDeterminant) / Columns;

    /// <inheritdoc/>
    public void Sample(DiagonalGaussian component, RandomGenerator random, Span<double> row) => component.Sample(random, row);

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(DiagonalGaussian parameters) =>
        parameters.FloorActive ? [(0, GaussianConstants.FloorMessage(Floor.Epsilon))] : [];
}
