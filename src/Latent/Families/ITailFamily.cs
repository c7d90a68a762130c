namespace Latent.Families;

/// <summary>Optional ability of a family: where the cells of a row lie in the marginal distributions of a component, from which residuals follow.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface ITailFamily<in TComponent>
{
    /// <summary>Writes the tails of every cell in the marginal distribution of its column; <see cref="TailProbabilities.Missing"/> for a missing cell.</summary>
    /// <param name="component">The component.</param>
    /// <param name="row">One value per column, NaN where it is missing.</param>
    /// <param name="tails">Receives one value per column.</param>
    /// <returns>False where the family has no distribution function, as for directions.</returns>
    bool TryTails(TComponent component, ReadOnlySpan<double> row, Span<TailProbabilities> tails);
}
