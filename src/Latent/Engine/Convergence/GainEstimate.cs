using Latent.Engine.Acceleration;

namespace Latent.Engine.Convergence;

/// <summary>Estimates of L* − L(θ), the objective still to be gained, in nats.</summary>
public static class GainEstimate
{
    /// <summary>
    /// From the last gain ΔL of a plain step and the observed rate λ of the parameters: increments of L contract by λ², so
    /// L* − L = ΔL·λ²/(1−λ²).
    /// </summary>
    /// <returns>NaN unless 0 ≤ λ &lt; 1.</returns>
    public static double FromRate(double gain, double rate) =>
        rate is >= 0 and < 1 ? gain * rate * rate / (1 - rate * rate) : double.NaN;

    /// <summary>The Newton decrement ½∇Lᵀδ for a step δ that estimates θ* − θ: exact for a quadratic L and the exact step.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Decrement(ReadOnlySpan<double> gradient, ReadOnlySpan<double> step)
    {
        if (gradient.Length != step.Length)
        {
            throw new ArgumentException($"Expected a step of length {gradient.Length}, found {step.Length}.", nameof(step));
        }
        return 0.5 * VectorMath.Dot(gradient, step);
    }
}
