using Latent.Kernels;

namespace Latent.Families;

/// <summary>The uniform distribution on an interval.</summary>
/// <param name="lower">The lower end.</param>
/// <param name="upper">The upper end, above it.</param>
public sealed class Uniform(double lower, double upper) : Distribution(
    [lower, upper > lower ? upper : throw new ArgumentException($"Expected an upper end above {lower:R}, found {upper:R}.", nameof(upper))], -Elementary.Log(upper - lower))
{
    /// <summary>The lower end.</summary>
    public double Lower => Parameters[0];

    /// <summary>The upper end.</summary>
    public double Upper => Parameters[1];
}
