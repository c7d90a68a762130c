using Latent.Data;

namespace Latent.Families;

/// <content>Scores by means, variances and covariances.</content>
public partial class StructuredGaussianFamily : IScoreFamily<Gaussian>
{
    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) =>
        GaussianScores.FullNames(component, columns, Structure.IsShared);

    /// <inheritdoc/>
    public void WriteNaturalParameters(Gaussian component, Span<double> values) => _single.WriteNaturalParameters(component, values);

    /// <inheritdoc/>
    public virtual void WriteScores(Gaussian component, RowTile tile, Span<double> scores) => _single.WriteScores(component, tile, scores);
}
