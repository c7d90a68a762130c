using Latent.Data;

namespace Latent.Families;

/// <summary>
/// Optional ability of a family: rows are mapped once per tile, before any component sees them (tied covariances whiten
/// the rows once, and every component is then a sphere).
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface ITileTransform<TComponent>
{
    /// <summary>Writes the mapped rows of <paramref name="source"/> to <paramref name="target"/>, a tile of as many columns.</summary>
    /// <param name="components">All components of the mixture; what they share defines the map.</param>
    /// <param name="source">The rows as they are.</param>
    /// <param name="target">Receives the mapped rows; already of the source's size.</param>
    void Transform(ReadOnlySpan<TComponent> components, RowTile source, RowTile target);
}
