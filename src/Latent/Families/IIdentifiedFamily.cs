using Latent.Data;

namespace Latent.Families;

/// <summary>
/// Optional ability of a family whose coordinates can move without any change of the density (loadings that are turned): coordinates about given components without such directions, in which
/// the information of standard errors is regular.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface IIdentifiedFamily<TComponent>
{
    /// <summary>The same family with as many coordinates as it has free parameters.</summary>
    /// <param name="components">The components about which the coordinates are to be good.</param>
    IFamily<TComponent, RowTile> Identified(ReadOnlySpan<TComponent> components);

    /// <summary>A component whose natural parameters, where several describe one density (signs of loadings), are the nearest to those of another.</summary>
    /// <param name="component">The component.</param>
    /// <param name="like">The other.</param>
    TComponent Aligned(TComponent component, TComponent like);
}
