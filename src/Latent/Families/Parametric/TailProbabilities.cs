using MathNet.Numerics;
using Quantiles = MathNet.Numerics.Distributions.Normal;

namespace Latent.Families;

/// <summary>
/// Where a value lies in a distribution: the probabilities below it, of it, and above it, which sum to one. Both tails are kept, so that neither is lost to rounding
/// beside the other.
/// </summary>
/// <param name="Below">P(X &lt; x).</param>
/// <param name="At">P(X = x); 0 for a distribution with a density.</param>
/// <param name="Above">P(X &gt; x).</param>
public readonly record struct TailProbabilities(double Below, double At, double Above)
{
    /// <summary>Nowhere: the value is missing.</summary>
    public static TailProbabilities Missing { get; } = new(double.NaN, double.NaN, double.NaN);

    /// <summary>Φ⁻¹(P(X &lt; x)): −∞ at the least value.</summary>
    public double LowerScore => Score(Below, At + Above);

    /// <summary>Φ⁻¹(P(X &lt; x) + P(X = x)/2): the normal score of the value.</summary>
    public double MiddleScore => Score(Below + At / 2, Above + At / 2);

    /// <summary>Φ⁻¹(P(X ≤ x)): +∞ at the greatest value.</summary>
    public double UpperScore => Score(Below + At, Above);

    /// <summary>The tails of a mixture: those of its components, each times its share, summed.</summary>
    public TailProbabilities Plus(double share, TailProbabilities other) => new(Below + share * other.Below, At + share * other.At, Above + share * other.Above);

    /// <summary>Those of a normal distribution at z standard deviations above its mean.</summary>
    public static TailProbabilities OfNormal(double z) =>
        new(0.5 * SpecialFunctions.Erfc(-z / Math.Sqrt(2)), 0, 0.5 * SpecialFunctions.Erfc(z / Math.Sqrt(2)));

    /// <summary>Those of a gamma distribution of this shape at <paramref name="x"/> times its scale.</summary>
    internal static TailProbabilities OfGamma(double shape, double x) => x > 0
        ? new(SpecialFunctions.GammaLowerRegularized(shape, x), 0, SpecialFunctions.GammaUpperRegularized(shape, x))
        : new(0, 0, 1);

    /// <summary>Those of a Poisson distribution, by way of the gamma distribution.</summary>
    internal static TailProbabilities OfPoisson(double rate, double count)
    {
        double below = count < 1 ? 0 : rate == 0 ? 1 : SpecialFunctions.GammaUpperRegularized(count, rate);
        double above = rate == 0 ? 0 : SpecialFunctions.GammaLowerRegularized(count + 1, rate);
        return Counted(below, above);
    }

    /// <summary>Those of a binomial distribution, by way of the beta distribution.</summary>
    internal static TailProbabilities OfBinomial(int trials, double success, double count)
    {
        double below = count < 1 ? 0 : Beta(trials - count + 1, count, 1 - success);
        double above = count >= trials ? 0 : Beta(count + 1, trials - count, success);
        return Counted(below, above);
    }

    /// <summary>Those of the number of failures before <paramref name="size"/> successes.</summary>
    internal static TailProbabilities OfNegativeBinomial(double size, double success, double count)
    {
        double below = count < 1 ? 0 : Beta(size, count, success);
        double above = Beta(count + 1, size, 1 - success);
        return Counted(below, above);
    }

    /// <summary>Those of a beta distribution.</summary>
    internal static TailProbabilities OfBeta(double alpha, double beta, double x) => new(Beta(alpha, beta, x), 0, Beta(beta, alpha, 1 - x));

    private static double Beta(double alpha, double beta, double x) => x <= 0 ? 0 : x >= 1 ? 1 : SpecialFunctions.BetaRegularized(alpha, beta, x);

    private static TailProbabilities Counted(double below, double above) => new(below, Math.Max(0, 1 - below - above), above);

    private static double Score(double lower, double upper) => lower <= upper ? Quantiles.InvCDF(0, 1, lower) : -Quantiles.InvCDF(0, 1, Math.Min(upper, 0.5));
}
