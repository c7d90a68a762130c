using Latent.Mixtures;

namespace Latent.Markov;

/// <summary>
/// A start of a hidden Markov model by the method of moments: from how often values follow each other two and three at a time the emissions come as eigenvalues, and
/// the transitions by least squares [Hsu2012; Anandkumar2012]; both are then brought to the simplex. Consistent as the number of steps grows, and no better than others before. For one column of at
/// most 64 different values, at least as many as states, whatever the family: others are refused by name, and the start is dropped.
/// </summary>
public sealed record SpectralInitializer : MixtureInitializer
{
    /// <inheritdoc/>
    public override string Name => "spectral";

    /// <summary>Refuses: rows without an order have no moments of consecutive steps.</summary>
    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) =>
        throw new DegenerateStartException("Expected sequences for a spectral start, found rows without an order. Use another start.");
}
