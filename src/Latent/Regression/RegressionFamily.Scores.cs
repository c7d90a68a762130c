using Latent.Data;
using Latent.Families;

namespace Latent.Regression;

/// <content>Scores by the coefficients of the terms as they are in the data, and by the dispersion.</content>
public sealed partial class RegressionFamily : IScoreFamily<RegressionComponent>
{
    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) =>
    [
        .. Design.TermNames.Select(term => new NaturalParameter($"coefficient[{component}, {term}]")),
        .. HasDispersion ? [new NaturalParameter($"{Response.DispersionName}[{component}]", ParameterScale.Log)] : Array.Empty<NaturalParameter>(),
    ];

    /// <inheritdoc/>
    public void WriteNaturalParameters(RegressionComponent component, Span<double> values)
    {
        ArgumentNullException.ThrowIfNull(component);
        Standardization.ToOriginal(component.Coefficients.AsSpan()).CopyTo(values);
        if (HasDispersion)
        {
            values[Terms] = component.Dispersion;
        }
    }

    /// <inheritdoc/>
    public void WriteScores(RegressionComponent component, RowTile tile, Span<double> scores)
    {
        ArgumentNullException.ThrowIfNull(component);
        ArgumentNullException.ThrowIfNull(tile);
        int rows = tile.PaddedRows;
        Span<double> scratch = stackalloc double[3 * Stride];
        Span<double> unused = stackalloc double[Stride];
        LogDensity(component, tile, scratch, unused[..rows]);
        double factor = Response.ScoreFactor(component.Dispersion);
        for (int row = 0; row < rows; row++)
        {
            double slope = factor * scratch[Stride + row];
            for (int term = 0; term < Terms; term++)
            {
                scores[term * Stride + row] = slope * Standardization.Undo(term, tile.Column(_columns.First + term)[row]);
            }
            if (HasDispersion)
            {
                scores[Terms * Stride + row] = Response.DispersionScore(
                    tile.Column(_columns.Response)[row], _columns.Base >= 0 ? tile.Column(_columns.Base)[row] : 0, scratch[row], component.Dispersion);
            }
        }
    }
}
