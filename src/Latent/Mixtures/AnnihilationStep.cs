namespace Latent.Mixtures;

/// <summary>One solution on the way down from many components, by their annihilation.</summary>
/// <param name="Components">The components that were left.</param>
/// <param name="MessageLength">
/// The nats that it takes to say parameters and data, (T/2)Σ log(nπₖ/12) + (K/2)·log(n/12) + K(T + 1)/2 − ℓ, T the parameters of a component [FigueiredoJain2002, eq. 15]: the least decides.
/// </param>
/// <param name="LogLikelihood">ℓ there, in nats.</param>
public readonly record struct AnnihilationStep(int Components, double MessageLength, double LogLikelihood);
