using Latent.Numerics;

namespace Latent.Families;

/// <summary>The von Mises distribution of angles, f(x) = e^(κ·cos(x−μ))/(2π·I₀(κ)).</summary>
/// <param name="direction">μ in radians.</param>
/// <param name="concentration">κ ≥ 0; 0 is uniform.</param>
public sealed class VonMises(double direction, double concentration) : Distribution(
    [direction, NotNegative(concentration, nameof(concentration))],
    -1.8378770664093454836 - (concentration > 0 ? Bessel.LogI(0, concentration) : 0),
    concentration * Trigonometry.SinCos(direction).Cos, concentration * Trigonometry.SinCos(direction).Sin)
{
    /// <summary>μ, in (−π, π] where it was estimated.</summary>
    public double Direction => Parameters[0];

    /// <summary>κ.</summary>
    public double Concentration => Parameters[1];
}
