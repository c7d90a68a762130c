using Latent.Data;

namespace Latent.Families;

/// <summary>Optional ability of a family: the score of every row, which gives every mixture of it exact standard errors.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface IScoreFamily<TComponent> : INaturalFamily<TComponent>
{
    /// <summary>Writes ∂ log f(x)/∂θ for every row of the tile, in the natural parameters as if they were free of each other.</summary>
    /// <param name="component">θ.</param>
    /// <param name="tile">The rows, as they are in the data.</param>
    /// <param name="scores">Receives the derivative by parameter j for row i at j·<see cref="RowTile.Capacity"/> + i, for all padded rows.</param>
    void WriteScores(TComponent component, RowTile tile, Span<double> scores);
}
