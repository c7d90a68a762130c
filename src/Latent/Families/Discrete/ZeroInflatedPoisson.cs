using Latent.Kernels;

namespace Latent.Families;

/// <summary>A Poisson distribution with further zeros: 0 with probability π, else a count with rate λ.</summary>
/// <param name="inflation">π, from 0 and below 1.</param>
/// <param name="rate">λ ≥ 0.</param>
public sealed class ZeroInflatedPoisson(double inflation, double rate) : Distribution(
    [Probability(inflation, nameof(inflation)) < 1 ? inflation : throw new ArgumentException("Expected an inflation below 1, found 1.", nameof(inflation)), NotNegative(rate, nameof(rate))],
    LogOfNone(inflation, rate),
    Elementary.LogOnePlus(-inflation) - rate - LogOfNone(inflation, rate),
    Elementary.Log(rate))
{
    /// <summary>π.</summary>
    public double Inflation => Parameters[0];

    /// <summary>λ.</summary>
    public double Rate => Parameters[1];

    /// <summary>log(π + (1 − π)·e^(−λ)), also where e^(−λ) is no double.</summary>
    private static double LogOfNone(double inflation, double rate)
    {
        double count = Elementary.LogOnePlus(-inflation) - rate;
        return inflation > Elementary.Exp(count) ? Elementary.Log(inflation + Elementary.Exp(count)) : count + Elementary.Log(1 + inflation / Elementary.Exp(Math.Max(count, -700)));
    }
}
