using Latent.Mixtures;

namespace Latent.Cli.Output;

/// <summary>What a person reads of a noise component.</summary>
internal static class NoiseSection
{
    /// <summary>The weight and the volume of the noise of a mixture; null where it has none.</summary>
    public static Section? Of(IFittedMixture mixture) => mixture.Noise is { } noise
        ? Section.Of(null, $"noise {Numbers.Percent(mixture.NoiseWeight)}, uniform over a volume of {Numbers.Short(Math.Exp(noise.LogVolume), 4)}")
        : null;
}
