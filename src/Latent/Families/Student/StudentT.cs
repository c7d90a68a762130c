using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A multivariate Student-t distribution: log f(x) = log Γ((ν+d)/2) − log Γ(ν/2) − ½(d·log νπ + log |Σ| + (ν+d)·log(1 + (x−μ)ᵀΣ⁻¹(x−μ)/ν)). Its covariance is
/// ν/(ν−2)·Σ where ν > 2. Immutable and valid.
/// </summary>
public sealed class StudentT
{
    /// <summary>Creates a distribution.</summary>
    /// <param name="location">μ and the scale matrix Σ.</param>
    /// <param name="freedom">ν, positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">ν is not positive and finite.</exception>
    public StudentT(Gaussian location, double freedom)
    {
        ArgumentNullException.ThrowIfNull(location);
        Freedom = freedom > 0 && double.IsFinite(freedom)
            ? freedom
            : throw new ArgumentOutOfRangeException(nameof(freedom), freedom, "Expected finite degrees of freedom above 0.");
        Location = location;
    }

    /// <summary>The normal distribution with the same μ and Σ: what ν → ∞ leads to.</summary>
    public Gaussian Location { get; }

    /// <summary>ν.</summary>
    public double Freedom { get; }

    /// <summary>μ.</summary>
    public ReadOnlySpan<double> Mean => Location.Mean;

    /// <summary>Σ, the scale matrix.</summary>
    public Covariance Scale => Location.Covariance;

    /// <summary>log f(x) in nats of the observed cells of a row; NaN is a missing cell.</summary>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another dimension.</exception>
    public double LogDensity(ReadOnlySpan<double> x)
    {
        GaussianConstants.CheckLength(x.Length, Location.Dimension, nameof(x));
        List<int> observed = [];
        List<double> values = [];
        for (int j = 0; j < x.Length; j++)
        {
            if (!double.IsNaN(x[j]))
            {
                observed.Add(j);
                values.Add(x[j]);
            }
        }
        if (observed.Count == 0)
        {
            return 0;
        }
        Gaussian marginal = Location.Marginal(observed.ToArray());
        double square = 2 * (marginal.Covariance.LogNormalizer - marginal.LogDensity(values.ToArray()));
        return LogNormalizer(Freedom, observed.Count) - 0.5 * marginal.Covariance.LogDeterminant
            - 0.5 * (Freedom + observed.Count) * Elementary.Log(1 + square / Freedom);
    }

    /// <summary>Draws x = μ + L·z/√(g/ν), z standard normal and g chi-squared with ν degrees of freedom.</summary>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another dimension.</exception>
    public void Sample(RandomGenerator random, Span<double> x)
    {
        ArgumentNullException.ThrowIfNull(random);
        Location.Sample(random, x);
        double precision = MathNet.Numerics.Distributions.Gamma.Sample(new SystemRandom(random), 0.5 * Freedom, 0.5 * Freedom);
        double factor = 1 / Math.Sqrt(precision);
        for (int j = 0; j < x.Length; j++)
        {
            x[j] = Location.Mean[j] + factor * (x[j] - Location.Mean[j]);
        }
    }

    /// <summary>log Γ((ν+p)/2) − log Γ(ν/2) − ½p·log νπ.</summary>
    internal static double LogNormalizer(double freedom, int observed) =>
        GammaFunctions.LogGamma(0.5 * (freedom + observed)) - GammaFunctions.LogGamma(0.5 * freedom) - 0.5 * observed * Elementary.Log(freedom * Math.PI);
}
