using Latent.Data;
using Latent.Families;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Factors;

/// <summary>
/// Normal components of covariance ΛΛᵀ + Ψ with q factors each [GhahramaniHinton1996], in O(d·q) per row. Cells may be missing (NaN).
/// </summary>
/// <remarks>
/// Hidden are the component and its factors. With δ = x − μ and the whitened scores u = L⁻¹ΛᵀΨ⁻¹δ, given which the factors are f = L⁻ᵀg with g ~ N(u, I), the statistic is
/// [N | Σ rδ | Σ rδ² | Σ ru | lower triangle of Σ ruuᵀ | Σ rδuᵀ].
/// </remarks>
public sealed partial class FactorGaussianFamily :
    IFamily<FactorGaussian, RowTile>, IJointFamily<FactorGaussian>, IStartingFamily<FactorGaussian>, ISamplingFamily<FactorGaussian>, ILocationFamily<FactorGaussian>,
    ICollapsePenalty<FactorGaussian>, IConstrainedFamily<FactorGaussian>, IDegeneracyReport<FactorGaussian>
{
    private readonly FactorGaussian? _reference;

    /// <summary>The family over rows of <paramref name="columns"/> values.</summary>
    /// <param name="columns">d.</param>
    /// <param name="factors">q, at least 1 and fewer than columns.</param>
    /// <param name="sharing">What the uniquenesses may be.</param>
    /// <param name="floor">The bound of uniquenesses in units of the columns' variances (of their mean, where columns share one); null: <see cref="CovarianceFloor.None"/>.</param>
    /// <param name="reference">A component of all the data, from which starts take their first step; null: one without any knowledge of correlations.</param>
    public FactorGaussianFamily(int columns, int factors, UniquenessSharing sharing = UniquenessSharing.Own, CovarianceFloor? floor = null, FactorGaussian? reference = null)
    {
        Floor = (floor ?? CovarianceFloor.None).For(columns);
        if (factors < 1 || factors >= columns)
        {
            throw new ArgumentOutOfRangeException(nameof(factors), factors, $"Expected at least one factor and fewer than the {columns} columns.");
        }
        if (reference is not null && (reference.Dimension != columns || reference.Factors != factors))
        {
            throw new ArgumentException($"Expected a reference of {columns} columns and {factors} factors, found {reference.Dimension} and {reference.Factors}.", nameof(reference));
        }
        Columns = columns;
        Factors = factors;
        Sharing = sharing;
        _reference = reference;
    }

    /// <summary>d.</summary>
    public int Columns { get; }

    /// <summary>q.</summary>
    public int Factors { get; }

    /// <summary>What the uniquenesses may be.</summary>
    public UniquenessSharing Sharing { get; }

    /// <summary>The bound of uniquenesses.</summary>
    public CovarianceFloor Floor { get; }

    /// <inheritdoc/>
    public int StatisticLength => 1 + 2 * Columns + ScatterKernel.Length(Factors) + Columns * Factors;

    /// <summary>Means, loadings up to rotation, and uniquenesses of a component by itself.</summary>
    public int FreeParameters => FreeParametersOf(1);

    /// <inheritdoc/>
    public int FreeParametersOf(int components) =>
        components * (Columns + Columns * Factors - Factors * (Factors - 1) / 2) + Noises(components);

    /// <inheritdoc/>
    public int ScratchLength(int rows) => (Factors + 1) * RowTile.Capacity;

    /// <inheritdoc/>
    public void LogDensity(FactorGaussian component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        RowTile? filled = FilledTile.Of(this, tile);
        if (filled is not null)
        {
            PlaceAtMean(component, filled);
        }
        FactorKernel.LogDensity(component.NegatedMean, component.Scales, component.Projection, Factors, filled ?? tile, component.LogNormalizer, scratch, logDensity);
        if (filled is not null)
        {
            Observe(component, filled.Missing, scratch, logDensity);
        }
    }

    /// <inheritdoc/>
    public void Accumulate(FactorGaussian current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        int d = Columns;
        int scores = ScatterKernel.Length(Factors);
        Span<double> squares = statistic.Slice(1 + d, d);
        Span<double> cross = statistic[(1 + 2 * d + scores)..];
        if (FilledTile.Of(this, tile) is { } filled)
        {
            Complete(current, filled, scratch);
            AddConditional(current, filled.Missing, weights, squares, statistic[(1 + 2 * d + Factors)..], cross);
            tile = filled;
        }
        statistic[0] += LaneSum.Of(weights);
        DistanceKernel.Accumulate(current.NegatedMean, tile, weights, statistic.Slice(1, d), squares, Simd.Level);
        ScatterKernel.Accumulate(scratch, Factors, weights, statistic.Slice(1 + 2 * d, scores), Simd.Level);
        FactorKernel.Accumulate(current.NegatedMean, tile, scratch, Factors, weights, cross);
    }

    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite, or a uniqueness is zero and there is no floor.</exception>
    public FactorGaussian Estimate(ReadOnlySpan<double> statistic, FactorGaussian current) => Estimate(statistic, [current])[0];

    /// <inheritdoc/>
    public FactorGaussian Reference(ColumnSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        if (_reference is not null)
        {
            return _reference;
        }
        ReadOnlySpan<double> variances = CovarianceFloor.RelativeTo(summary).Variances;
        double[] uniquenesses = new double[Columns];
        double[] loadings = new double[Columns * Factors];
        for (int j = 0; j < Columns; j++)
        {
            uniquenesses[j] = 0.5 * variances[j];
            for (int k = 0; k < Factors; k++)
            {
                // Loadings of zero are a saddle; low-discrepancy sequences, another for each factor, are not.
                double place = (j + 1) * Math.Sqrt(k + 2);
                loadings[j * Factors + k] = Math.Sqrt(1.5 * variances[j] / Factors) * (2 * (place - Math.Floor(place)) - 1);
            }
        }
        return Constrain([1], [new FactorGaussian(new FactorParameters([.. summary.Means], loadings, uniquenesses))])[0];
    }

    /// <inheritdoc/>
    public FactorGaussian MoveTo(FactorGaussian component, ReadOnlySpan<double> mean)
    {
        ArgumentNullException.ThrowIfNull(component);
        return new(new FactorParameters(mean, component.Parameters.Loadings, component.Parameters.Uniquenesses), component.FloorActive);
    }

    /// <inheritdoc/>
    public double CollapsePenalty(FactorGaussian component, FactorGaussian pooled) => component.TraceOf(pooled) + component.LogDeterminant;

    /// <inheritdoc/>
    public double Narrowness(FactorGaussian component, FactorGaussian pooled) => component.TraceOf(pooled) / Columns;

    /// <inheritdoc/>
    public void Sample(FactorGaussian component, RandomGenerator random, Span<double> row) => component.Sample(random, row);

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(FactorGaussian parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!parameters.FloorActive)
        {
            return [];
        }
        return [(0, Sharing == UniquenessSharing.Isotropic
            ? $"the factors leave no noise; its variance is held at {Floor.Epsilon:g3} of that of the data. Use fewer factors, or fewer components."
            : $"the factors leave nothing of some columns (a Heywood case); their uniquenesses are held at {Floor.Epsilon:g3} of the data's variance. Use fewer factors, or fewer components.")];
    }

    private int Noises(int components) => Sharing switch
    {
        UniquenessSharing.Own => components * Columns,
        UniquenessSharing.Common => Columns,
        _ => components,
    };
}
