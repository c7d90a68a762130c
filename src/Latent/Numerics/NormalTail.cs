using Latent.Kernels;

namespace Latent.Numerics;

/// <summary>The upper tail of the standard normal distribution, far out as well as near.</summary>
public static class NormalTail
{
    private const double HalfLog2Pi = 0.91893853320467274178;
    private const double Far = 5;

    /// <summary>log P(Z &gt; z).</summary>
    public static double LogProbability(double z) => z < Far
        ? Elementary.Log(0.5 * MathNet.Numerics.SpecialFunctions.Erfc(z / Math.Sqrt(2)))
        : -0.5 * z * z - HalfLog2Pi - Elementary.Log(Fraction(z));

    /// <summary>φ(z)/P(Z &gt; z): the mean of Z beyond z.</summary>
    public static double Mean(double z) => z < Far
        ? Elementary.Exp(-0.5 * z * z - HalfLog2Pi - LogProbability(z))
        : Fraction(z);

    /// <summary>log P(<paramref name="low"/> &lt; Z &lt; <paramref name="high"/>), either may be infinite.</summary>
    public static double LogInterval(double low, double high)
    {
        if (low + high < 0)
        {
            (low, high) = (-high, -low);
        }
        double all = LogProbability(low);
        return double.IsPositiveInfinity(high) ? all : all + Elementary.Log(1 - Elementary.Exp(LogProbability(high) - all));
    }

    // z + 1/(z + 2/(z + 3/(z + …))) [Abramowitz1964, 26.2.14].
    private static double Fraction(double z)
    {
        double value = z;
        for (int term = 60; term > 0; term--)
        {
            value = z + term / value;
        }
        return value;
    }
}
