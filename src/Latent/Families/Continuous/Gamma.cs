using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>The gamma distribution, f(x) = β^α·x^(α−1)·e^(−βx)/Γ(α) for x > 0.</summary>
/// <param name="shape">α > 0.</param>
/// <param name="rate">β > 0.</param>
public sealed class Gamma(double shape, double rate) : Distribution(
    [Positive(shape, nameof(shape)), Positive(rate, nameof(rate))],
    shape * Elementary.Log(rate) - GammaFunctions.LogGamma(shape), -rate, shape - 1)
{
    /// <summary>α.</summary>
    public double Shape => Parameters[0];

    /// <summary>β; the mean is α/β.</summary>
    public double Rate => Parameters[1];
}
