using Latent.Numerics;

namespace Latent.Families;

/// <summary>Optional ability of a family: drawing rows.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface ISamplingFamily<TComponent>
{
    /// <summary>Draws one row from the component.</summary>
    void Sample(TComponent component, RandomGenerator random, Span<double> row);
}
