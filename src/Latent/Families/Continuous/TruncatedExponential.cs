using Latent.Kernels;

namespace Latent.Families;

/// <summary>An exponential distribution inside a window, f(x) = λ·e^(−λ(x−a))/(1 − e^(−λ(b−a))); at rate 0 it is uniform.</summary>
public sealed class TruncatedExponential : Distribution
{
    /// <summary>A distribution.</summary>
    /// <param name="rate">λ ≥ 0, above 0 where the window has no end.</param>
    /// <param name="lower">a.</param>
    /// <param name="upper">b, or ∞.</param>
    public TruncatedExponential(double rate, double lower, double upper)
        : base([NotNegative(rate, nameof(rate))], LogNormalizer(rate, upper - lower), -rate)
    {
    }

    /// <summary>λ.</summary>
    public double Rate => Parameters[0];

    /// <summary>log λ/(1 − e^(−λw)): near λ = 0 by its series, −log w + λw/2 − (λw)²/24.</summary>
    private static double LogNormalizer(double rate, double width)
    {
        double x = rate * width;
        return x < 1e-3
            ? -Elementary.Log(width) + x / 2 - x * x / 24 + x * x * x * x / 2880
            : Elementary.Log(rate) - Elementary.Log(-Elementary.ExpMinusOne(-x));
    }
}
