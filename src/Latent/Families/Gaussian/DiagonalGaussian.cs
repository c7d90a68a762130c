using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A multivariate normal distribution without correlations: log f(x) = −½ Σⱼ (log 2πσⱼ² + (xⱼ−μⱼ)²/σⱼ²). Immutable and valid.
/// </summary>
public sealed class DiagonalGaussian
{
    private readonly double[] _mean;
    private readonly double[] _variances;

    /// <summary>A normal distribution.</summary>
    /// <param name="mean">μ, d finite values.</param>
    /// <param name="variances">σ², d positive, finite values.</param>
    /// <param name="floorActive">Whether a <see cref="CovarianceFloor"/> holds a variance.</param>
    /// <exception cref="ArgumentException">A value is out of range, or the lengths differ.</exception>
    public DiagonalGaussian(ReadOnlySpan<double> mean, ReadOnlySpan<double> variances, bool floorActive = false)
    {
        _mean = GaussianConstants.CheckedMean(mean);
        if (variances.Length != mean.Length)
        {
            throw new ArgumentException($"Expected {mean.Length} variances, found {variances.Length}.", nameof(variances));
        }
        GaussianConstants.CheckVariances(variances);
        _variances = variances.ToArray();
        NegatedMean = GaussianConstants.Negated(mean);
        Scales = new double[mean.Length];
        LogScales = new double[mean.Length];
        double logDeterminant = 0;
        for (int i = 0; i < Scales.Length; i++)
        {
            Scales[i] = 1 / Math.Sqrt(variances[i]);
            double logVariance = Elementary.Log(variances[i]);
            LogScales[i] = -0.5 * logVariance;
            logDeterminant += logVariance;
        }
        LogDeterminant = logDeterminant;
        LogNormalizer = GaussianConstants.LogNormalizer(Dimension, logDeterminant);
        FloorActive = floorActive;
    }

    /// <summary>d.</summary>
    public int Dimension => _mean.Length;

    /// <summary>μ.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>σ², one per column.</summary>
    public ReadOnlySpan<double> Variances => _variances;

    /// <summary>log |Σ| = Σ log σⱼ².</summary>
    public double LogDeterminant { get; }

    /// <summary>The log-density at the mean, in nats.</summary>
    public double LogNormalizer { get; }

    /// <summary>Whether a <see cref="CovarianceFloor"/> holds a variance away from zero.</summary>
    public bool FloorActive { get; }

    /// <summary>−μ, as the kernel reads it.</summary>
    internal double[] NegatedMean { get; }

    /// <summary>1/σ.</summary>
    internal double[] Scales { get; }

    /// <summary>−log σ.</summary>
    internal double[] LogScales { get; }

    /// <summary>The same distribution with its covariance as a matrix.</summary>
    public Gaussian ToGaussian() => new(_mean, Covariance.FromVariances(_variances));

    /// <summary>log f(x) in nats; NaN when a value is NaN.</summary>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another dimension.</exception>
    public double LogDensity(ReadOnlySpan<double> x)
    {
        GaussianConstants.CheckLength(x.Length, Dimension, nameof(x));
        double square = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double scaled = (x[i] - _mean[i]) * Scales[i];
            square += scaled * scaled;
        }
        return LogNormalizer - 0.5 * square;
    }

    /// <summary>Draws one row.</summary>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another dimension.</exception>
    public void Sample(RandomGenerator random, Span<double> x)
    {
        ArgumentNullException.ThrowIfNull(random);
        GaussianConstants.CheckLength(x.Length, Dimension, nameof(x));
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = _mean[i] + Math.Sqrt(_variances[i]) * random.NextGaussian();
        }
    }
}
