using Latent.Kernels;

namespace Latent.Families;

/// <summary>A normal distribution of one column, or of a function of it.</summary>
/// <param name="mean">μ.</param>
/// <param name="variance">σ² > 0.</param>
public sealed class Normal(double mean, double variance) : Distribution([mean, Positive(variance, nameof(variance))])
{
    /// <summary>μ.</summary>
    public double Mean => Parameters[0];

    /// <summary>σ².</summary>
    public double Variance => Parameters[1];

    /// <summary>σ.</summary>
    public double Deviation { get; } = Math.Sqrt(variance);

    /// <summary>−½ log 2πσ².</summary>
    public double LogNormalizer { get; } = -0.5 * (1.8378770664093454836 + Elementary.Log(variance));
}
