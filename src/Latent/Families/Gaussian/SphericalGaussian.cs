using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A multivariate normal distribution with one variance for all columns: log f(x) = −½(d·log 2πσ² + ‖x−μ‖²/σ²). Immutable and valid.
/// </summary>
public sealed class SphericalGaussian
{
    private readonly double[] _mean;

    /// <summary>A normal distribution.</summary>
    /// <param name="mean">μ, d finite values.</param>
    /// <param name="variance">σ², positive and finite.</param>
    /// <param name="floorActive">Whether a <see cref="CovarianceFloor"/> holds the variance.</param>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public SphericalGaussian(ReadOnlySpan<double> mean, double variance, bool floorActive = false)
    {
        _mean = GaussianConstants.CheckedMean(mean);
        GaussianConstants.CheckVariances([variance]);
        Variance = variance;
        FloorActive = floorActive;
        NegatedMean = GaussianConstants.Negated(mean);
        LogDeterminant = Dimension * Elementary.Log(variance);
        LogNormalizer = GaussianConstants.LogNormalizer(Dimension, LogDeterminant);
    }

    /// <summary>d.</summary>
    public int Dimension => _mean.Length;

    /// <summary>μ.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>σ².</summary>
    public double Variance { get; }

    /// <summary>log |Σ| = d·log σ².</summary>
    public double LogDeterminant { get; }

    /// <summary>The log-density at the mean, in nats.</summary>
    public double LogNormalizer { get; }

    /// <summary>Whether a <see cref="CovarianceFloor"/> holds the variance away from zero.</summary>
    public bool FloorActive { get; }

    /// <summary>−μ, as the kernel reads it.</summary>
    internal double[] NegatedMean { get; }

    /// <summary>The same distribution with its covariance as a matrix.</summary>
    public Gaussian ToGaussian()
    {
        double[] variances = new double[Dimension];
        Array.Fill(variances, Variance);
        return new Gaussian(_mean, Covariance.FromVariances(variances));
    }

    /// <summary>log f(x) in nats; NaN when a value is NaN.</summary>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another dimension.</exception>
    public double LogDensity(ReadOnlySpan<double> x)
    {
        GaussianConstants.CheckLength(x.Length, Dimension, nameof(x));
        double square = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double deviation = x[i] - _mean[i];
            square += deviation * deviation;
        }
        return LogNormalizer - 0.5 * square / Variance;
    }

    /// <summary>Draws one row.</summary>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another dimension.</exception>
    public void Sample(RandomGenerator random, Span<double> x)
    {
        ArgumentNullException.ThrowIfNull(random);
        GaussianConstants.CheckLength(x.Length, Dimension, nameof(x));
        double deviation = Math.Sqrt(Variance);
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = _mean[i] + deviation * random.NextGaussian();
        }
    }
}
