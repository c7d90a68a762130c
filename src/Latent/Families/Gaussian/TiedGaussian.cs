using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A normal distribution whose covariance is shared with the other components of its mixture. Immutable and valid; made for all components together
/// by <see cref="Create"/>.
/// </summary>
public sealed class TiedGaussian
{
    private readonly double[] _mean;

    internal TiedGaussian(ReadOnlySpan<double> mean, TiedFrame frame)
    {
        _mean = GaussianConstants.CheckedMean(mean);
        GaussianConstants.CheckLength(mean.Length, frame.Covariance.Dimension, nameof(mean));
        Frame = frame;
        double[] whitened = frame.Whiten(_mean);
        NegatedWhitenedMean = GaussianConstants.Negated(whitened);
    }

    /// <summary>d.</summary>
    public int Dimension => _mean.Length;

    /// <summary>μ.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Σ, the same object for every component of a mixture.</summary>
    public Covariance Covariance => Frame.Covariance;

    /// <summary>What the components of a mixture share.</summary>
    internal TiedFrame Frame { get; }

    /// <summary>−W(μ − origin), as the kernel reads it.</summary>
    internal double[] NegatedWhitenedMean { get; }

    /// <summary>Components with a common covariance.</summary>
    /// <param name="means">One mean per component, each of d values.</param>
    /// <param name="covariance">Σ.</param>
    /// <exception cref="ArgumentException">No mean, one of another dimension, or one that is not finite.</exception>
    public static TiedGaussian[] Create(IReadOnlyList<double[]> means, Covariance covariance)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(covariance);
        if (means.Count == 0)
        {
            throw new ArgumentException("Expected at least one mean, found none.", nameof(means));
        }
        double[] origin = new double[covariance.Dimension];
        foreach (double[] mean in means)
        {
            GaussianConstants.CheckLength(mean.Length, covariance.Dimension, nameof(means));
            for (int j = 0; j < origin.Length; j++)
            {
                origin[j] += mean[j] / means.Count;
            }
        }
        TiedFrame frame = new(covariance, origin);
        return [.. means.Select(mean => new TiedGaussian(mean, frame))];
    }

    /// <summary>The same distribution by itself.</summary>
    public Gaussian ToGaussian() => new(_mean, Covariance);
}

/// <summary>The covariance that components share, and the origin from which rows are whitened: one map of the rows serves them all.</summary>
internal sealed class TiedFrame
{
    private readonly double[] _origin;

    public TiedFrame(Covariance covariance, ReadOnlySpan<double> origin)
    {
        Covariance = covariance;
        _origin = GaussianConstants.CheckedMean(origin);
        NegatedOrigin = GaussianConstants.Negated(origin);
    }

    public Covariance Covariance { get; }

    public ReadOnlySpan<double> Origin => _origin;

    public double[] NegatedOrigin { get; }

    /// <summary>W(x − origin).</summary>
    public double[] Whiten(ReadOnlySpan<double> x)
    {
        double[] deviation = new double[x.Length];
        for (int j = 0; j < deviation.Length; j++)
        {
            deviation[j] = x[j] - _origin[j];
        }
        double[] whitened = new double[x.Length];
        Cholesky.Multiply(Covariance.Whitening, deviation, whitened);
        return whitened;
    }
}
