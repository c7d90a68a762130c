using Latent.Families;

namespace Latent.Mixtures;

/// <summary>How latent classes are fitted. By default 24 starts compete, more than with other families: class likelihoods have many maxima.</summary>
public sealed record LatentClassOptions : MixtureOptions<Product>
{
    /// <summary>Options with their defaults.</summary>
    public LatentClassOptions()
    {
        Starts = 24;
        Initializers = [new RandomCentresInitializer(), new RandomPartitionInitializer(), new PlusPlusInitializer()];
    }
}
