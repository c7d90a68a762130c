namespace Latent.Families;

/// <summary>Optional ability of a family: its components have a mean that can be set, all else unchanged.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface ILocationFamily<TComponent>
{
    /// <summary>The component with another mean.</summary>
    TComponent MoveTo(TComponent component, ReadOnlySpan<double> mean);
}
