using Latent.Data;
using Latent.Kernels;

namespace Latent.Families;

/// <summary>
/// <see cref="StructuredGaussianFamily"/> over rows with missing cells (NaN), in any of its structures: the density is that of the observed cells, and the statistic
/// that of the rows completed by expectation, which is maximum likelihood where cells are missing at random [LittleRubin2002]. Complete rows count as they are; a row with
/// nothing observed has density 1.
/// </summary>
/// <remarks>
/// Rows are whitened with any value in place of the missing ones and then projected (see <see cref="MissingFrame"/>): 2·d·q operations more for q missing cells, and one
/// small factorisation per component and pattern. Rows in the order of their patterns are fastest.
/// </remarks>
public sealed partial class IncompleteGaussianFamily : StructuredGaussianFamily, ITileTransform<Gaussian>, ISupportFamily
{
    private readonly double[] _fill;

    /// <summary>The family over rows of <paramref name="columns"/> values.</summary>
    /// <param name="structure">What the components share.</param>
    /// <param name="columns">d.</param>
    /// <param name="fill">Finite values in the range of the data, one per column, such as the means; the result does not depend on them but for rounding.</param>
    /// <param name="floor">The bound that keeps components from collapsing; null: <see cref="CovarianceFloor.None"/>.</param>
    /// <param name="prior">The prior of the components; null: none, and the M-step is maximum likelihood.</param>
    public IncompleteGaussianFamily(CovarianceDecomposition structure, int columns, ReadOnlySpan<double> fill, CovarianceFloor? floor = null, GaussianPrior? prior = null)
        : base(structure, columns, floor, prior)
    {
        _fill = GaussianConstants.CheckedMean(fill);
        GaussianConstants.CheckLength(fill.Length, columns, nameof(fill));
    }

    /// <inheritdoc/>
    public bool TakesMissing => true;

    /// <inheritdoc/>
    public (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => null;

    /// <inheritdoc/>
    public void Transform(ReadOnlySpan<Gaussian> components, RowTile source, RowTile target) => target.Missing.Complete(source, _fill, target);

    /// <inheritdoc/>
    public override void LogDensity(Gaussian component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        Covariance covariance = component.Covariance;
        WhiteningKernel.Whiten(covariance.Packed, component.NegatedMean, tile, scratch, Simd.Level);
        MissingRuns runs = tile.Missing;
        Span<double> constants = stackalloc double[RowTile.Capacity];
        for (int run = 0; run < runs.Count; run++)
        {
            MissingCells missing = runs.Pattern(run);
            double constant = covariance.LogNormalizer;
            if (missing.Columns.Length > 0)
            {
                MissingFrame frame = covariance.FrameOf(missing);
                ProjectionKernel.Remove(frame.Basis, frame.Count, Columns, scratch, runs.Start(run), runs.Start(run + 1));
                // Nothing observed says nothing, to the bit.
                constant = frame.Count == Columns ? 0 : constant + frame.LogFactor;
            }
            constants[runs.Start(run)..runs.Start(run + 1)].Fill(constant);
        }
        Span<double> squares = stackalloc double[RowTile.Capacity];
        squares = squares[..tile.PaddedRows];
        ProjectionKernel.Squares(scratch, Columns, squares);
        for (int row = 0; row < squares.Length; row++)
        {
            logDensity[row] = Math.FusedMultiplyAdd(-0.5, squares[row], constants[row]);
        }
    }

    /// <inheritdoc/>
    public override void Accumulate(Gaussian current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        base.Accumulate(current, tile, scratch, weights, statistic);
        AddConditional(current.Covariance, tile.Missing, weights, statistic[(1 + Columns)..]);
    }

    /// <summary>Adds to a scatter of whitened rows what the missing cells vary about their conditional means.</summary>
    internal static void AddConditional(Covariance covariance, MissingRuns runs, ReadOnlySpan<double> weights, Span<double> triangle)
    {
        for (int run = 0; run < runs.Count; run++)
        {
            MissingCells missing = runs.Pattern(run);
            double weight = 0;
            for (int row = runs.Start(run); row < runs.Start(run + 1) && missing.Columns.Length > 0; row++)
            {
                weight += weights[row];
            }
            if (!(weight > 0))
            {
                continue;
            }
            double[] projector = covariance.FrameOf(missing).Projector;
            for (int cell = 0; cell < projector.Length; cell++)
            {
                triangle[cell] = Math.FusedMultiplyAdd(weight, projector[cell], triangle[cell]);
            }
        }
    }
}
