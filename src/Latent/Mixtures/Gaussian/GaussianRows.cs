using Latent.Data;
using Latent.Engine;

namespace Latent.Mixtures;

/// <summary>Rows made ready for Gaussian mixtures, once for any number of fits: checked, grouped by what they lack, their columns summed up.</summary>
internal sealed class GaussianRows
{
    private readonly IRowSource _given;
    private readonly IncompleteRows _prepared;
    private readonly bool _isIncomplete;

    /// <summary>Checks and prepares rows.</summary>
    /// <exception cref="ArgumentException">No rows, infinite cells, or a column with nothing observed.</exception>
    /// <exception cref="NumericalException">A column overflows.</exception>
    public GaussianRows(IRowSource rows, EmOptions options)
    {
        RowChecks.RequireValues(rows, "a Gaussian mixture");
        _given = rows;
        _isIncomplete = rows.MissingCells > 0;
        _prepared = _isIncomplete ? IncompleteRows.Of(rows) : new IncompleteRows(rows, null, 0);
        Summary = ColumnMoments.Summarize(_prepared.Rows, options);
    }

    /// <summary>The rows as fits walk them.</summary>
    public IRowSource Rows => _prepared.Rows;

    /// <summary>Means and variances of the columns.</summary>
    public ColumnSummary Summary { get; }

    /// <summary>A fit as its options say.</summary>
    /// <exception cref="ArgumentException">Fewer distinct rows than components, or options out of range.</exception>
    public GaussianMixtureFit Fit(int components, GaussianMixtureOptions options, CancellationToken cancellation)
    {
        RowChecks.RequireDistinct(_given, components, "components");
        return Structure(options).Fit(Rows, Summary, components, options with { StartLabels = _prepared.Of(options.StartLabels) }, cancellation, _prepared.Empty)
            .In(options.Trim > 0 ? _prepared.Places : null);
    }

    /// <summary>A fit from what its checkpoint holds.</summary>
    public GaussianMixtureFit Restore(EmResult result, double entropy, GaussianMixtureOptions options, CancellationToken cancellation) =>
        Structure(options).Restore(Rows, Summary, result, entropy, options, cancellation, _prepared.Empty);

    private GaussianStructure Structure(GaussianMixtureOptions options) => GaussianStructure.Of(options.Covariance, _isIncomplete);
}
