using Latent.Data;

namespace Latent.Families;

/// <content>Scores by means and variances.</content>
public sealed partial class DiagonalGaussianFamily : IScoreFamily<DiagonalGaussian>
{
    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) => GaussianScores.DiagonalNames(component, columns);

    /// <inheritdoc/>
    public void WriteNaturalParameters(DiagonalGaussian component, Span<double> values)
    {
        component.Mean.CopyTo(values);
        component.Variances.CopyTo(values[Columns..]);
    }

    /// <inheritdoc/>
    public void WriteScores(DiagonalGaussian component, RowTile tile, Span<double> scores) => GaussianScores.WriteDiagonalScores(component, tile, scores);
}
