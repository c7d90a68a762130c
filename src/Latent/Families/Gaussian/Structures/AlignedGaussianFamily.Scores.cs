using Latent.Data;

namespace Latent.Families;

/// <content>Scores by means and variances.</content>
public partial class AlignedGaussianFamily : IScoreFamily<DiagonalGaussian>
{
    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns)
    {
        IReadOnlyList<NaturalParameter> own = _single.NaturalParameters(component, columns);
        return Structure.IsShared
            ? [.. own.Take(Columns), .. columns.Select(column => new NaturalParameter($"variance[{column}]", ParameterScale.Log))]
            : own;
    }

    /// <inheritdoc/>
    public void WriteNaturalParameters(DiagonalGaussian component, Span<double> values) => _single.WriteNaturalParameters(component, values);

    /// <inheritdoc/>
    public virtual void WriteScores(DiagonalGaussian component, RowTile tile, Span<double> scores) => _single.WriteScores(component, tile, scores);
}
