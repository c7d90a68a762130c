using Latent.Kernels;

namespace Latent.Families;

/// <summary>The exponential distribution, f(x) = λ·e^(−λx) for x ≥ 0.</summary>
/// <param name="rate">λ > 0.</param>
public sealed class Exponential(double rate) : Distribution([Positive(rate, nameof(rate))], Elementary.Log(rate), -rate)
{
    /// <summary>λ, one over the mean.</summary>
    public double Rate => Parameters[0];
}
