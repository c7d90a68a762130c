using Latent.Kernels;

namespace Latent.Families;

/// <summary>The Weibull distribution, P(X > x) = e^(−(x/λ)^k).</summary>
/// <param name="shape">k > 0.</param>
/// <param name="scale">λ > 0.</param>
public sealed class Weibull(double shape, double scale) : Distribution([Positive(shape, nameof(shape)), Positive(scale, nameof(scale))])
{
    /// <summary>k.</summary>
    public double Shape => Parameters[0];

    /// <summary>λ.</summary>
    public double Scale => Parameters[1];

    /// <summary>log λ.</summary>
    public double LogScale { get; } = Elementary.Log(scale);

    /// <summary>log k.</summary>
    public double LogShape { get; } = Elementary.Log(shape);
}
