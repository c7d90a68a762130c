namespace Latent.Families;

/// <summary>
/// Optional ability of a family: the gradient of the expected complete-data log-likelihood in the coordinates of the components
/// (see <see cref="ICoordinateScore{TParameters}"/>). All components at once, since they may share parameters.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface ICoordinateScoreFamily<TComponent> : ICoordinateFamily<TComponent>
{
    /// <summary>Writes the derivative of Σₖ Σ r·log f(x; θₖ), plus that of the log-prior where the family has one, by every coordinate.</summary>
    /// <param name="statistics">The components' statistics one after another, collected under <paramref name="components"/>; then that of the tiles, where the family has one.</param>
    /// <param name="components">The components.</param>
    /// <param name="score">Receives one value per coordinate.</param>
    /// <returns>False where a bound holds a component, so that the derivative need not vanish at the maximum.</returns>
    bool TryWriteCoordinateScore(ReadOnlySpan<double> statistics, ReadOnlySpan<TComponent> components, Span<double> score);
}
