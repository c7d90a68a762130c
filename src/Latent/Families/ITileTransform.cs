using Latent.Data;

namespace Latent.Families;

/// <summary>
/// Optional ability of a family: rows are mapped once per tile, before any component sees them (tied covariances whiten
/// the rows once, and every component is then a sphere).
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface ITileTransform<TComponent>
{
    /// <summary>
    /// The number of doubles in the statistic of the rows themselves, summed once per tile whatever the number of components. It comes after those
    /// of the components in <see cref="IJointFamily{TComponent}.Estimate"/>.
    /// </summary>
    int TileStatisticLength => 0;

    /// <summary>Writes the mapped rows of <paramref name="source"/> to <paramref name="target"/>, a tile of as many columns.</summary>
    /// <param name="components">All components of the mixture; what they share defines the map.</param>
    /// <param name="source">The rows as they are.</param>
    /// <param name="target">Receives the mapped rows; already of the source's size.</param>
    void Transform(ReadOnlySpan<TComponent> components, RowTile source, RowTile target);

    /// <summary>Adds the statistic of the rows themselves.</summary>
    /// <param name="mapped">The tile that <see cref="Transform"/> wrote.</param>
    /// <param name="weights">The sum of the rows' weights over all components, one per row.</param>
    /// <param name="statistic">The sum so far, of length <see cref="TileStatisticLength"/>.</param>
    void AccumulateTile(RowTile mapped, ReadOnlySpan<double> weights, Span<double> statistic)
    {
    }
}
