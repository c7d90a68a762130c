using Latent.Kernels;

namespace Latent.Families;

/// <summary>The Poisson distribution, f(x) = λˣ·e^(−λ)/x! for counts x. A rate of 0 has all its mass at 0.</summary>
/// <param name="rate">λ ≥ 0.</param>
public sealed class Poisson(double rate) : Distribution([NotNegative(rate, nameof(rate))], -rate, Elementary.Log(rate))
{
    /// <summary>λ, mean and variance.</summary>
    public double Rate => Parameters[0];
}
