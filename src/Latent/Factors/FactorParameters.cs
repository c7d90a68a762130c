using Latent.Families;

namespace Latent.Factors;

/// <summary>
/// x = μ + Λf + e, f ~ N(0, I) of q factors, e ~ N(0, Ψ) with Ψ diagonal: a normal distribution with covariance ΛΛᵀ + Ψ. Immutable and valid.
/// </summary>
public sealed class FactorParameters
{
    private readonly double[] _mean;
    private readonly double[] _loadings;
    private readonly double[] _uniquenesses;

    /// <summary>The parameters of a factor model.</summary>
    /// <param name="mean">μ, d finite values.</param>
    /// <param name="loadings">Λ, row-major d × q, finite.</param>
    /// <param name="uniquenesses">The diagonal of Ψ, d positive values.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, or a value is not valid.</exception>
    public FactorParameters(ReadOnlySpan<double> mean, ReadOnlySpan<double> loadings, ReadOnlySpan<double> uniquenesses)
    {
        _mean = GaussianConstants.CheckedMean(mean);
        int d = _mean.Length;
        if (loadings.Length % d != 0 || loadings.IsEmpty || uniquenesses.Length != d)
        {
            throw new ArgumentException($"Expected loadings of {d} rows and {d} uniquenesses, found {loadings.Length} and {uniquenesses.Length} values.", nameof(loadings));
        }
        foreach (double loading in loadings)
        {
            if (!double.IsFinite(loading))
            {
                throw new ArgumentException($"Expected finite loadings, found {loading}.", nameof(loadings));
            }
        }
        GaussianConstants.CheckVariances(uniquenesses);
        _loadings = loadings.ToArray();
        _uniquenesses = uniquenesses.ToArray();
        Factors = loadings.Length / d;
    }

    /// <summary>d.</summary>
    public int Columns => _mean.Length;

    /// <summary>q.</summary>
    public int Factors { get; }

    /// <summary>μ.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Λ, row-major d × q.</summary>
    public ReadOnlySpan<double> Loadings => _loadings;

    /// <summary>The diagonal of Ψ: the variance of each column that the factors leave.</summary>
    public ReadOnlySpan<double> Uniquenesses => _uniquenesses;

    /// <summary>The loadings of one column, q of them.</summary>
    public ReadOnlySpan<double> Row(int column) => _loadings.AsSpan(column * Factors, Factors);

    /// <summary>The most factors that so many columns can have: fewer than columns, and unless they share one uniqueness (d − q)² ≥ d + q; 0 where even one is too many.</summary>
    /// <param name="columns">d.</param>
    /// <param name="sharing">What the uniquenesses may be.</param>
    public static int MostFactors(int columns, UniquenessSharing sharing)
    {
        int factors = columns - 1;
        while (factors > 0 && sharing != UniquenessSharing.Isotropic && (columns - factors) * (columns - factors) < columns + factors)
        {
            factors--;
        }
        return factors;
    }

    /// <summary>N(μ, ΛΛᵀ + Ψ).</summary>
    public Gaussian ToGaussian()
    {
        double[] covariance = new double[Columns * Columns];
        for (int i = 0; i < Columns; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = i == j ? _uniquenesses[i] : 0;
                for (int k = 0; k < Factors; k++)
                {
                    sum = Math.FusedMultiplyAdd(_loadings[i * Factors + k], _loadings[j * Factors + k], sum);
                }
                covariance[i * Columns + j] = covariance[j * Columns + i] = sum;
            }
        }
        return new Gaussian(_mean, covariance);
    }
}
