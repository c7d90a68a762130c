using Latent.Data;
using Latent.Families;

namespace Latent.Mixtures;

public sealed partial class MixtureModel<TComponent> : IStepwiseModel<Mixture<TComponent>, RowChunk>
{
    /// <summary>The sum of the rows' weights.</summary>
    public double Mass(RowChunk chunk) => RowMass.Of(chunk);

    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistic, Mixture<TComponent> from, Mixture<TComponent> to)
    {
        if (Family is not IStepwiseFamily<TComponent> family)
        {
            throw new NotSupportedException($"Expected a family for stepwise EM, found {Family.GetType().Name}, whose statistics cannot be moved. Use batch EM.");
        }
        if (!ReferenceEquals(from, to))
        {
            family.MoveOrigin(statistic[Components..^NoiseLength], from.Components.AsSpan(), to.Components.AsSpan());
        }
    }
}
