using Latent.Kernels;

namespace Latent.Numerics;

/// <summary>The modified Bessel function of the first kind, as distributions of directions need it.</summary>
public static class Bessel
{
    private const double HalfLog2Pi = 0.91893853320467274178;
    private const double LogOf1E200 = 460.51701859880913680;

    /// <summary>log I_ν(x) for ν ≥ 0 and x > 0: the power series, or far out the asymptotic one [Abramowitz1964, 9.6.10, 9.7.1].</summary>
    public static double LogI(double order, double x)
    {
        if (IsFar(order, x))
        {
            return x - HalfLog2Pi - 0.5 * Elementary.Log(x) + Elementary.Log(Asymptotic(order, x));
        }
        double quarter = x * x / 4;
        double term = 1;
        double sum = 1;
        double scale = 0;
        for (int k = 1; term > 1e-17 * sum; k++)
        {
            term *= quarter / (k * (k + order));
            sum += term;
            if (sum > 1e200)
            {
                (sum, term, scale) = (sum * 1e-200, term * 1e-200, scale + LogOf1E200);
            }
        }
        return order * Elementary.Log(x / 2) - GammaFunctions.LogGamma(order + 1) + Elementary.Log(sum) + scale;
    }

    /// <summary>I_{ν+1}(x)/I_ν(x): the asymptotic series, or the continued fraction evaluated from where its quotients are as good as ratios [Abramowitz1964, 9.1.73].</summary>
    public static double Ratio(double order, double x)
    {
        if (IsFar(order + 1, x))
        {
            return Asymptotic(order + 1, x) / Asymptotic(order, x);
        }
        double ratio = 0;
        for (int k = 40 + (int)(1.5 * x); k >= 1; k--)
        {
            ratio = 1 / (2 * (order + k) / x + ratio);
        }
        return ratio;
    }

    private static bool IsFar(double order, double x) => x > Math.Max(60, 4 * order * order);

    /// <summary>I_ν(x)·√(2πx)·e⁻ˣ.</summary>
    private static double Asymptotic(double order, double x)
    {
        double term = 1;
        double sum = 1;
        for (int k = 1; k < 60 && Math.Abs(term) > 1e-17; k++)
        {
            term *= -(4 * order * order - (2.0 * k - 1) * (2.0 * k - 1)) / (8 * k * x);
            sum += term;
        }
        return sum;
    }
}
