using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Gaussian components with correlations that share volume, shape or orientation: EEE, VEE, EVE, VVE, EEV, VEV, EVV and VVV [CeleuxGovaert1995]. Rows must be
/// complete and finite.
/// </summary>
/// <remarks>The statistic of a component is that of <see cref="FullGaussianFamily"/>; only the M-step, joint, differs.</remarks>
public partial class StructuredGaussianFamily :
    IFamily<Gaussian, RowTile>, IJointFamily<Gaussian>, IStartingFamily<Gaussian>, ISamplingFamily<Gaussian>, ILocationFamily<Gaussian>,
    ICollapsePenalty<Gaussian>, IDegeneracyReport<Gaussian>, IPriorFamily<Gaussian>
{
    private readonly FullGaussianFamily _single;

    /// <summary>The family over rows of <paramref name="columns"/> values.</summary>
    /// <param name="structure">What the components share.</param>
    /// <param name="columns">d.</param>
    /// <param name="floor">
    /// The bound that keeps components from collapsing; null: <see cref="CovarianceFloor.None"/>. Where axes are turned against the columns (EVE, VVE, EEV, VEV), eigenvalues are
    /// bounded by ε times the least of the columns' variances.
    /// </param>
    /// <param name="prior">The prior of the components; null: none, and the M-step is maximum likelihood.</param>
    public StructuredGaussianFamily(CovarianceDecomposition structure, int columns, CovarianceFloor? floor = null, GaussianPrior? prior = null)
    {
        Structure = structure;
        _single = new FullGaussianFamily(columns, floor, prior);
    }

    /// <summary>What the components share.</summary>
    public CovarianceDecomposition Structure { get; }

    /// <summary>d.</summary>
    public int Columns => _single.Columns;

    /// <summary>The bound on covariances.</summary>
    public CovarianceFloor Floor => _single.Floor;

    /// <summary>The prior of the components; null for none.</summary>
    public GaussianPrior? Prior => _single.Prior;

    /// <inheritdoc/>
    public bool HasPrior => Prior is not null;

    /// <inheritdoc/>
    public int StatisticLength => _single.StatisticLength;

    /// <summary>The free parameters of a component by itself.</summary>
    public int FreeParameters => FreeParametersOf(1);

    /// <inheritdoc/>
    public int FreeParametersOf(int components) => components * Columns + Structure.FreeParameters(components, Columns);

    /// <inheritdoc/>
    public int ScratchLength(int rows) => _single.ScratchLength(rows);

    /// <inheritdoc/>
    public virtual void LogDensity(Gaussian component, RowTile tile, Span<double> scratch, Span<double> logDensity) =>
        _single.LogDensity(component, tile, scratch, logDensity);

    /// <inheritdoc/>
    public virtual void Accumulate(Gaussian current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic) =>
        _single.Accumulate(current, tile, scratch, weights, statistic);

    /// <summary>The component by itself: what it would share is its own.</summary>
    /// <inheritdoc/>
    public Gaussian Estimate(ReadOnlySpan<double> statistic, Gaussian current) => Estimate(statistic, [current])[0];

    /// <summary>μₖ + L·mₖ/Nₖ, and covariances that minimise Σₖ (Nₖ·log |Σₖ| + tr(WₖΣₖ⁻¹)) in the structure, under the floor. With a prior, the mode of the posterior.</summary>
    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite, or a covariance is singular and there is no floor.</exception>
    public Gaussian[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<Gaussian> current)
    {
        int count = current.Length;
        double[] counts = new double[count];
        double[][] factors = new double[count][];
        double[][] means = new double[count][];
        for (int k = 0; k < count; k++)
        {
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            (double prior, means[k], factors[k]) = Centre(k, own[1..], own[0], current[k]);
            counts[k] = own[0] + prior;
        }
        Covariance[] covariances = StructuredCovariance.Estimate(Structure, counts, factors, [.. current.ToArray().Select(component => component.Covariance)], Floor);
        return [.. means.Select((mean, k) => new Gaussian(mean, covariances[k]))];
    }

    /// <inheritdoc/>
    public double LogPrior(ReadOnlySpan<Gaussian> components)
    {
        double sum = 0;
        for (int k = 0; k < components.Length && Prior is not null; k++)
        {
            Covariance covariance = components[k].Covariance;
            sum += k == 0 || !Structure.IsShared ? Prior.LogDensity(covariance) : 0;
            sum += Prior.LogDensityOfMean(covariance, components[k].Mean);
        }
        return sum;
    }

    /// <summary>The nearest components that obey the structure; the same where they do.</summary>
    internal Gaussian[] Project(IReadOnlyList<Gaussian> components)
    {
        Covariance[] covariances = StructuredCovariance.Project(Structure, [.. components.Select(component => component.Covariance)], Floor);
        return [.. components.Select((component, k) => new Gaussian(component.Mean, covariances[k]))];
    }

    /// <inheritdoc/>
    public Gaussian Reference(ColumnSummary summary) => _single.Reference(summary);

    /// <inheritdoc/>
    public Gaussian MoveTo(Gaussian component, ReadOnlySpan<double> mean) => _single.MoveTo(component, mean);

    /// <inheritdoc/>
    public double CollapsePenalty(Gaussian component, Gaussian pooled) => _single.CollapsePenalty(component, pooled);

    /// <inheritdoc/>
    public void Sample(Gaussian component, RandomGenerator random, Span<double> row) => _single.Sample(component, random, row);

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(Gaussian parameters) => _single.Degeneracies(parameters);

    /// <summary>The rows that the prior counts for, the new mean, and a factor of the scatter about it in the units of the data, with the prior's part.</summary>
    /// <param name="component">Which: the prior of what all share is counted once.</param>
    /// <param name="moments">[m | lower triangle of M] of whitened deviations.</param>
    /// <param name="n">The rows that the moments are of.</param>
    /// <param name="current">The component under which they were collected.</param>
    internal (double PriorRows, double[] Mean, double[] Factor) Centre(int component, ReadOnlySpan<double> moments, double n, Gaussian current)
    {
        int d = Columns;
        double[] average = new double[d];
        double[] scatter = new double[d * d];
        if (n > 0)
        {
            GaussianMoments.Centre(moments, n, average, scatter);
        }
        double[] offset = new double[d];
        double weight = Prior is { Shrinkage: > 0 } prior ? prior.Shrink(n, average, prior.WhitenedMean(current.Covariance, current.Mean), offset) : 0;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                scatter[i * d + j] = n * scatter[i * d + j] + weight * offset[i] * offset[j];
            }
        }
        double rows = Prior is { Shrinkage: > 0 } ? 1 : 0;
        if (component == 0 || !Structure.IsShared)
        {
            Prior?.AddTo(current.Covariance, ref rows, scatter);
        }
        return (rows, GaussianConstants.Moved(current.Covariance, current.Mean, average), current.Covariance.FactorOf(scatter));
    }
}
