using Latent.Data;
using Latent.Kernels;

namespace Latent.Families;

/// <summary>
/// <see cref="AlignedGaussianFamily"/> over rows with missing cells (NaN): without correlations a missing cell says nothing of the others, so that the density is the product over
/// the observed cells, and the expected statistic takes the component's own mean and variance in its place [LittleRubin2002].
/// </summary>
public sealed class IncompleteAlignedFamily : AlignedGaussianFamily, ISupportFamily
{
    /// <summary>The family over rows of <paramref name="columns"/> values.</summary>
    /// <param name="structure">What the components share; its orientation is the identity.</param>
    /// <param name="columns">d.</param>
    /// <param name="floor">The bound that keeps components from collapsing; null: <see cref="CovarianceFloor.None"/>.</param>
    /// <param name="prior">The prior of the components; null: none, and the M-step is maximum likelihood.</param>
    /// <exception cref="ArgumentException">The structure has correlations.</exception>
    public IncompleteAlignedFamily(CovarianceDecomposition structure, int columns, CovarianceFloor? floor = null, GaussianPrior? prior = null)
        : base(structure, columns, floor, prior)
    {
    }

    /// <inheritdoc/>
    public bool TakesMissing => true;

    /// <inheritdoc/>
    public (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => null;

    /// <inheritdoc/>
    public override void LogDensity(DiagonalGaussian component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        Span<double> constants = Columns <= 256 ? stackalloc double[Columns] : new double[Columns];
        for (int j = 0; j < constants.Length; j++)
        {
            constants[j] = GaussianConstants.LogNormalizer(1, -2 * component.LogScales[j]);
        }
        IncompleteDistanceKernel.LogDensity(component.NegatedMean, component.Scales, constants, tile, logDensity);
    }

    /// <inheritdoc/>
    public override void Accumulate(DiagonalGaussian current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        statistic[0] += LaneSum.Of(weights);
        IncompleteDistanceKernel.Accumulate(current.NegatedMean, current.Variances, tile, weights, statistic.Slice(1, Columns), statistic.Slice(1 + Columns, Columns));
    }

    /// <summary>As for complete rows; the derivatives by the parameters of a missing cell are zero.</summary>
    /// <inheritdoc/>
    public override void WriteScores(DiagonalGaussian component, RowTile tile, Span<double> scores)
    {
        base.WriteScores(component, tile, scores);
        for (int column = 0; column < Columns; column++)
        {
            ReadOnlySpan<double> values = tile.Column(column);
            for (int row = 0; row < values.Length; row++)
            {
                if (double.IsNaN(values[row]))
                {
                    scores[column * RowTile.Capacity + row] = 0;
                    scores[(Columns + column) * RowTile.Capacity + row] = 0;
                }
            }
        }
    }
}
