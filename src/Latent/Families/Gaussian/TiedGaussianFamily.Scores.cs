using Latent.Data;

namespace Latent.Families;

/// <content>Scores by means, and by the variances and covariances that all components share.</content>
public sealed partial class TiedGaussianFamily : IScoreFamily<TiedGaussian>
{
    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) =>
        GaussianScores.FullNames(component, columns, shared: true);

    /// <inheritdoc/>
    public void WriteNaturalParameters(TiedGaussian component, Span<double> values) => GaussianScores.WriteFull(component.Mean, component.Covariance, values);

    /// <inheritdoc/>
    public void WriteScores(TiedGaussian component, RowTile tile, Span<double> scores) =>
        GaussianScores.WriteFullScores(component.Mean, component.Covariance, tile, scores);
}
