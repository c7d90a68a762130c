using Latent.Kernels;

namespace Latent.Families;

/// <summary>An exponential distribution of times some of which are only known to be longer; the rate may be 0.</summary>
/// <param name="rate">λ ≥ 0.</param>
public sealed class CensoredExponential(double rate) : Distribution([NotNegative(rate, nameof(rate))], 0, Elementary.Log(rate), -rate)
{
    /// <summary>λ.</summary>
    public double Rate => Parameters[0];
}
