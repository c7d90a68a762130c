using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Gaussian components that share one full covariance. Rows must be complete and finite.
/// </summary>
/// <remarks>
/// A tile is whitened once, z = W(x − origin), and every component is then a unit sphere about ν = W(μ − origin): 2d operations per row and
/// component instead of d². The statistic of a component is [N | Σ r(z−ν)]; that of the tile, once for all components, is
/// [Σ w | Σ w·z | lower triangle of Σ w·z·zᵀ]. The covariance follows as L(T − Σₖ Nₖνₖ′νₖ′ᵀ)Lᵀ/N, about the weighted mean of the
/// components, so that only the distance between components, not the offset of the data, can cost digits: components s standard deviations
/// apart leave 16 − 2·log₁₀ s of them.
/// </remarks>
public sealed partial class TiedGaussianFamily :
    IFamily<TiedGaussian, RowTile>, ITileTransform<TiedGaussian>, IJointFamily<TiedGaussian>, IStartingFamily<TiedGaussian>, ISamplingFamily<TiedGaussian>,
    ILocationFamily<TiedGaussian>, ICollapsePenalty<TiedGaussian>, IDegeneracyReport<TiedGaussian>,
    IPriorFamily<TiedGaussian>
{
    /// <summary>The family over rows of <paramref name="columns"/> values.</summary>
    /// <param name="columns">d.</param>
    /// <param name="floor">The bound that keeps the covariance from becoming singular; null: <see cref="CovarianceFloor.None"/>.</param>
    /// <param name="prior">The prior of the components; null: none, and the M-step is maximum likelihood.</param>
    public TiedGaussianFamily(int columns, CovarianceFloor? floor = null, GaussianPrior? prior = null)
    {
        Floor = (floor ?? CovarianceFloor.None).For(columns);
        Prior = prior?.For(columns);
        Columns = columns;
    }

    /// <summary>d.</summary>
    public int Columns { get; }

    /// <summary>The bound on the covariance.</summary>
    public CovarianceFloor Floor { get; }

    /// <summary>The prior of the components; null for none.</summary>
    public GaussianPrior? Prior { get; }

    /// <inheritdoc/>
    public bool HasPrior => Prior is not null;

    /// <inheritdoc/>
    public int StatisticLength => 1 + Columns;

    /// <inheritdoc/>
    public int TileStatisticLength => 1 + ScatterKernel.Length(Columns);

    /// <summary>The free parameters of a component by itself, the covariance included.</summary>
    public int FreeParameters => FreeParametersOf(1);

    /// <inheritdoc/>
    public int FreeParametersOf(int components) => components * Columns + Columns * (Columns + 1) / 2;

    /// <inheritdoc/>
    public int ScratchLength(int rows) => rows;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The components do not share one covariance.</exception>
    public void Transform(ReadOnlySpan<TiedGaussian> components, RowTile source, RowTile target)
    {
        TiedFrame frame = FrameOf(components);
        WhiteningKernel.Whiten(frame.Covariance.Packed, frame.NegatedOrigin, source, target.Values, Simd.Level);
        target.Frame = frame;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The tile was not mapped by <see cref="Transform"/> with the component's own covariance.</exception>
    public void LogDensity(TiedGaussian component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        CheckFrame(component, tile);
        DistanceKernel.LogDensity(component.NegatedWhitenedMean, 1, tile, component.Covariance.LogNormalizer, scratch, logDensity, Simd.Level);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The tile was not mapped by <see cref="Transform"/> with the component's own covariance.</exception>
    public void Accumulate(TiedGaussian current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        CheckFrame(current, tile);
        statistic[0] += LaneSum.Of(weights);
        DistanceKernel.Accumulate(current.NegatedWhitenedMean, tile, weights, statistic.Slice(1, Columns), [], Simd.Level);
    }

    /// <inheritdoc/>
    public void AccumulateTile(RowTile mapped, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        statistic[0] += LaneSum.Of(weights);
        ScatterKernel.Accumulate(mapped.Values, Columns, weights, statistic[1..], Simd.Level);
    }

    /// <summary>Not to be had: the covariance needs the statistic of the tiles and of all components.</summary>
    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always.</exception>
    public TiedGaussian Estimate(ReadOnlySpan<double> statistic, TiedGaussian current) =>
        throw new NotSupportedException("Expected the components of a tied covariance to be estimated together, found one alone. Use the joint Estimate.");

    /// <summary>
    /// μₖ + L·mₖ/Nₖ and L(T − Σₖ Nₖνₖ′νₖ′ᵀ)Lᵀ/N, under the floor; a component where no row has weight keeps its mean. With a prior, the mode of the posterior.
    /// </summary>
    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite, or the covariance is singular and there is no floor.</exception>
    public TiedGaussian[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<TiedGaussian> current)
    {
        TiedFrame frame = FrameOf(current);
        int d = Columns;
        ReadOnlySpan<double> total = statistics.Slice(current.Length * StatisticLength, TileStatisticLength);
        double n = total[0];
        if (!(n > 0))
        {
            return current.ToArray();
        }
        // The triangle of T, less what lies between the components.
        double[] triangle = total[(1 + d)..].ToArray();
        double[] grand = new double[d];
        double[][] means = new double[current.Length][];
        double[] moved = new double[d];
        double[] step = new double[d];
        TiedPosterior? posterior = Prior is null ? null : new TiedPosterior(Prior, frame);
        for (int k = 0; k < means.Length; k++)
        {
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            if (!(own[0] > 0))
            {
                means[k] = posterior?.EmptyMean ?? current[k].Mean.ToArray();
                continue;
            }
            for (int j = 0; j < d; j++)
            {
                step[j] = own[1 + j] / own[0];
                moved[j] = step[j] - current[k].NegatedWhitenedMean[j];
                grand[j] += own[0] / n * moved[j];
            }
            int position = 0;
            for (int i = 0; i < d; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    triangle[position++] -= own[0] * moved[i] * moved[j];
                }
            }
            posterior?.Add(own[0], current[k], step);
            means[k] = GaussianConstants.Moved(frame.Covariance, current[k].Mean, step);
        }
        RequireResolved(triangle, total[(1 + d)..]);
        double[] scatter = new double[d * d];
        GaussianMoments.Centre([.. new double[d], .. triangle], n, new double[d], scatter);
        posterior?.Apply(n, means.Length, scatter);
        double[] shift = new double[d];
        Cholesky.Multiply(frame.Covariance.Lower, grand, shift);
        TiedFrame next = new(Covariance.FromWhitened(frame.Covariance, scatter, Floor), GaussianConstants.Moved(frame.Origin, shift));
        return [.. means.Select(mean => new TiedGaussian(mean, next))];
    }

    /// <inheritdoc/>
    public TiedGaussian Reference(ColumnSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        double[] mean = [.. summary.Means];
        return TiedGaussian.Create([mean], Covariance.FromVariances(CovarianceFloor.RelativeTo(summary).Variances))[0];
    }

    /// <inheritdoc/>
    public TiedGaussian MoveTo(TiedGaussian component, ReadOnlySpan<double> mean) => new(mean, component.Frame);

    /// <inheritdoc/>
    public double CollapsePenalty(TiedGaussian component, TiedGaussian pooled) =>
        GaussianConstants.CollapsePenalty(component.Covariance, pooled.Covariance);

    /// <inheritdoc/>
    public double Narrowness(TiedGaussian component, TiedGaussian pooled) => (CollapsePenalty(component, pooled) - component.Covariance.LogDeterminant) / Columns;

    /// <inheritdoc/>
    public void Sample(TiedGaussian component, RandomGenerator random, Span<double> row) => component.ToGaussian().Sample(random, row);

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(TiedGaussian parameters) =>
        parameters.Covariance.FloorActive ? [(0, GaussianConstants.FloorMessage(Floor.Epsilon))] : [];

    /// <summary>Without a bound, a scatter within components that is rounding of the one about the origin has no likelihood.</summary>
    private void RequireResolved(ReadOnlySpan<double> within, ReadOnlySpan<double> about)
    {
        for (int j = 0; j < Columns && !Floor.IsActive; j++)
        {
            int diagonal = j * (j + 3) / 2;
            if (within[diagonal] <= Covariance.Trusted * about[diagonal])
            {
                throw Covariance.Collapsed();
            }
        }
    }

    private static TiedFrame FrameOf(ReadOnlySpan<TiedGaussian> components)
    {
        TiedFrame frame = components[0].Frame;
        foreach (TiedGaussian component in components)
        {
            if (!ReferenceEquals(component.Frame, frame))
            {
                throw new ArgumentException("Expected components that share one covariance, found several. Make them together with TiedGaussian.Create.", nameof(components));
            }
        }
        return frame;
    }

    private static void CheckFrame(TiedGaussian component, RowTile tile)
    {
        if (!ReferenceEquals(tile.Frame, component.Frame))
        {
            throw new InvalidOperationException("Expected a tile mapped with the component's own covariance, found another. Call Transform first.");
        }
    }
}
