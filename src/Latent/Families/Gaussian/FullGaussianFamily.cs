using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Gaussian components with a covariance of their own. Rows must be complete and finite.
/// </summary>
/// <remarks>
/// The statistic is [N | Σ r·y | lower triangle of Σ r·y·yᵀ, row by row] of the whitened deviations y = W(x − μ) from the current
/// component, so that no digits cancel at any offset or scale of the data: near convergence the scatter is N times the unit matrix.
/// </remarks>
public sealed partial class FullGaussianFamily :
    IFamily<Gaussian, RowTile>, IStartingFamily<Gaussian>, ISamplingFamily<Gaussian>, ILocationFamily<Gaussian>, ICollapsePenalty<Gaussian>,
    IDegeneracyReport<Gaussian>, IPriorFamily<Gaussian>
{
    /// <summary>The family over rows of <paramref name="columns"/> values.</summary>
    /// <param name="columns">d.</param>
    /// <param name="floor">The bound that keeps components from collapsing; null: <see cref="CovarianceFloor.None"/>.</param>
    /// <param name="prior">The prior of the components; null: none, and the M-step is maximum likelihood.</param>
    public FullGaussianFamily(int columns, CovarianceFloor? floor = null, GaussianPrior? prior = null)
    {
        Floor = (floor ?? CovarianceFloor.None).For(columns);
        Prior = prior?.For(columns);
        Columns = columns;
    }

    /// <summary>d.</summary>
    public int Columns { get; }

    /// <summary>The bound on covariances.</summary>
    public CovarianceFloor Floor { get; }

    /// <summary>The prior of the components; null for none.</summary>
    public GaussianPrior? Prior { get; }

    /// <inheritdoc/>
    public bool HasPrior => Prior is not null;

    /// <inheritdoc/>
    public int StatisticLength => 1 + ScatterKernel.Length(Columns);

    /// <inheritdoc/>
    public int FreeParameters => Columns + Columns * (Columns + 1) / 2;

    /// <inheritdoc/>
    public int ScratchLength(int rows) => Columns * rows;

    /// <inheritdoc/>
    public void LogDensity(Gaussian component, RowTile tile, Span<double> scratch, Span<double> logDensity) =>
        WhiteningKernel.LogDensity(component.Covariance.Packed, component.NegatedMean, tile, component.Covariance.LogNormalizer, scratch, logDensity, Simd.Level);

    /// <inheritdoc/>
    public void Accumulate(Gaussian current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        statistic[0] += LaneSum.Of(weights);
        ScatterKernel.Accumulate(scratch, Columns, weights, statistic[1..], Simd.Level);
    }

    /// <summary>μ + L·m/N and L(M/N − m·mᵀ/N²)Lᵀ, under the floor; the current component where no row has weight. With a prior, the mode of the posterior.</summary>
    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite, or the covariance is singular and there is no floor.</exception>
    public Gaussian Estimate(ReadOnlySpan<double> statistic, Gaussian current)
    {
        if (Prior is null && !(statistic[0] > 0))
        {
            return current;
        }
        (double[] mean, double[] scatter) = Moments(statistic, current);
        return new Gaussian(mean, Covariance.FromWhitened(current.Covariance, scatter, Floor));
    }

    /// <summary>The new mean, and the whitened scatter per row (its lower triangle) of which the covariance is made; those of the current component where nothing has weight.</summary>
    private (double[] Mean, double[] Whitened) Moments(ReadOnlySpan<double> statistic, Gaussian current)
    {
        double[] average = new double[Columns];
        double[] scatter = new double[Columns * Columns];
        if (Prior is not null)
        {
            Moments(statistic, current, Prior, average, scatter);
        }
        else if (statistic[0] > 0)
        {
            GaussianMoments.Centre(statistic[1..], statistic[0], average, scatter);
        }
        else
        {
            for (int i = 0; i < Columns; i++)
            {
                scatter[i * Columns + i] = 1;
            }
        }
        return (GaussianConstants.Moved(current.Covariance, current.Mean, average), scatter);
    }

    /// <inheritdoc/>
    public Gaussian Reference(ColumnSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return new Gaussian([.. summary.Means], Covariance.FromVariances(CovarianceFloor.RelativeTo(summary).Variances));
    }

    /// <inheritdoc/>
    public Gaussian MoveTo(Gaussian component, ReadOnlySpan<double> mean) => new(mean, component.Covariance);

    /// <inheritdoc/>
    public double CollapsePenalty(Gaussian component, Gaussian pooled) =>
        GaussianConstants.CollapsePenalty(component.Covariance, pooled.Covariance);

    /// <inheritdoc/>
    public double Narrowness(Gaussian component, Gaussian pooled) => (CollapsePenalty(component, pooled) - component.Covariance.LogDeterminant) / Columns;

    /// <inheritdoc/>
    public void Sample(Gaussian component, RandomGenerator random, Span<double> row) => component.Sample(random, row);

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(Gaussian parameters) =>
        parameters.Covariance.FloorActive ? [(0, GaussianConstants.FloorMessage(Floor.Epsilon))] : [];
}
