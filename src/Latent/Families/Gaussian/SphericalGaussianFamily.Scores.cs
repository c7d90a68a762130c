using Latent.Data;

namespace Latent.Families;

/// <content>Scores by means and the variance.</content>
public sealed partial class SphericalGaussianFamily : IScoreFamily<SphericalGaussian>
{
    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) => GaussianScores.SphericalNames(component, columns);

    /// <inheritdoc/>
    public void WriteNaturalParameters(SphericalGaussian component, Span<double> values)
    {
        component.Mean.CopyTo(values);
        values[Columns] = component.Variance;
    }

    /// <inheritdoc/>
    public void WriteScores(SphericalGaussian component, RowTile tile, Span<double> scores) => GaussianScores.WriteSphericalScores(component, tile, scores);
}
