using Latent.Kernels;

namespace Latent.Numerics;

/// <summary>
/// log Γ and its first two derivatives for positive arguments: the recurrence up to 10, then the asymptotic series [Abramowitz1964, 6.1.40, 6.3.18, 6.4.12].
/// The same bits on every machine; errors of some 10⁻¹⁵, relative to 1 where the value is smaller.
/// </summary>
public static class GammaFunctions
{
    private const double HalfLog2Pi = 0.91893853320467274178;
    private const double Far = 10;

    /// <summary>log Γ(x) for x &gt; 0; ∞ at 0, NaN below.</summary>
    public static double LogGamma(double x)
    {
        if (!(x > 0))
        {
            return x == 0 ? double.PositiveInfinity : double.NaN;
        }
        if (double.IsPositiveInfinity(x) || x is 1 or 2)
        {
            return x > 2 ? x : 0;
        }
        double product = 1;
        for (; x < Far; x++)
        {
            product *= x;
        }
        double z = 1 / (x * x);
        double series = ((((((-691.0 / 360360 * z + 1.0 / 1188) * z - 1.0 / 1680) * z + 1.0 / 1260) * z - 1.0 / 360) * z) + 1.0 / 12) / x;
        return (x - 0.5) * Elementary.Log(x) - x + HalfLog2Pi + series - (product == 1 ? 0 : Elementary.Log(product));
    }

    /// <summary>ψ(x) = d log Γ(x)/dx for x &gt; 0; NaN elsewhere.</summary>
    public static double Digamma(double x)
    {
        if (!(x > 0))
        {
            return double.NaN;
        }
        double shift = 0;
        for (; x < Far; x++)
        {
            shift -= 1 / x;
        }
        double z = 1 / (x * x);
        return shift + Elementary.Log(x) - 0.5 / x
            - z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132 - z * (691.0 / 32760 - z / 12))))));
    }

    /// <summary>ψ′(x) for x &gt; 0; NaN elsewhere.</summary>
    public static double Trigamma(double x)
    {
        if (!(x > 0))
        {
            return double.NaN;
        }
        double shift = 0;
        for (; x < Far; x++)
        {
            shift += 1 / (x * x);
        }
        double z = 1 / (x * x);
        return shift + 1 / x + z / 2
            + z / x * (1.0 / 6 - z * (1.0 / 30 - z * (1.0 / 42 - z * (1.0 / 30 - z * (5.0 / 66 - z * (691.0 / 2730 - z * 7 / 6))))));
    }

    /// <summary>log n! for a whole n ≥ 0.</summary>
    public static double LogFactorial(double n) => LogGamma(n + 1);
}
