using Latent.Numerics;

namespace Latent.Families;

/// <summary>The beta distribution, f(x) = x^(α−1)·(1−x)^(β−1)/B(α, β) for 0 &lt; x &lt; 1.</summary>
/// <param name="alpha">α > 0.</param>
/// <param name="beta">β > 0.</param>
public sealed class Beta(double alpha, double beta) : Distribution(
    [Positive(alpha, nameof(alpha)), Positive(beta, nameof(beta))],
    GammaFunctions.LogGamma(alpha + beta) - GammaFunctions.LogGamma(alpha) - GammaFunctions.LogGamma(beta), alpha - 1, beta - 1)
{
    /// <summary>α.</summary>
    public double Alpha => Parameters[0];

    /// <summary>β.</summary>
    public double BetaParameter => Parameters[1];
}
