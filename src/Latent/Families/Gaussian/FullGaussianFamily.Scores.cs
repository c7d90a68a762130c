using Latent.Data;

namespace Latent.Families;

/// <content>Scores by means, variances and covariances.</content>
public sealed partial class FullGaussianFamily : IScoreFamily<Gaussian>
{
    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) => GaussianScores.FullNames(component, columns);

    /// <inheritdoc/>
    public void WriteNaturalParameters(Gaussian component, Span<double> values) => GaussianScores.WriteFull(component.Mean, component.Covariance, values);

    /// <inheritdoc/>
    public void WriteScores(Gaussian component, RowTile tile, Span<double> scores) =>
        GaussianScores.WriteFullScores(component.Mean, component.Covariance, tile, scores);
}
