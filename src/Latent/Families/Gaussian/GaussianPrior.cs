using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A prior of Gaussian components, conjugate or a penalty, in one form for every structure of Σ:
/// log p = −½ Σ_Σ (p·log |Σ| + tr(ΛΣ⁻¹)) − ½ Σₖ (log |Σₖ| + κ(μₖ−m)ᵀΣₖ⁻¹(μₖ−m)) + constant. The first sum runs over the distinct covariances, the second
/// over the components, and is absent where κ = 0. Every M-step under it has a closed form, and no covariance of it is singular. Immutable.
/// </summary>
/// <remarks>
/// A normal-inverse-Wishart prior with ν degrees of freedom has p = ν + d + 1 [FraleyRaftery2007]; the penalty −a(tr(SΣ⁻¹) + log |Σ|) has κ = 0, p = 2a
/// and Λ = 2aS [ChenTan2009].
/// </remarks>
public sealed class GaussianPrior
{
    private readonly double[] _mean;

    /// <summary>A prior.</summary>
    /// <param name="mean">m, d finite values.</param>
    /// <param name="shrinkage">κ ≥ 0: the rows that m counts for; 0 for no prior on the means.</param>
    /// <param name="scale">Λ. Where the structure has no correlations, its diagonal is read; where it has one variance, its trace.</param>
    /// <param name="power">p, the power of |Σ|: positive, but that with κ &gt; 0, where each mean counts for one more, it may be less.</param>
    /// <exception cref="ArgumentException">A value is not finite or out of range, or the dimensions differ.</exception>
    public GaussianPrior(ReadOnlySpan<double> mean, double shrinkage, Covariance scale, double power)
    {
        ArgumentNullException.ThrowIfNull(scale);
        _mean = GaussianConstants.CheckedMean(mean);
        GaussianConstants.CheckLength(mean.Length, scale.Dimension, nameof(mean));
        Shrinkage = shrinkage >= 0 && double.IsFinite(shrinkage)
            ? shrinkage
            : throw new ArgumentOutOfRangeException(nameof(shrinkage), shrinkage, "Expected a finite shrinkage of 0 or more.");
        Power = (power > 0 || shrinkage > 0) && double.IsFinite(power)
            ? power
            : throw new ArgumentOutOfRangeException(nameof(power), power, "Expected a finite power, above 0 where there is no shrinkage.");
        Scale = scale;
        for (int j = 0; j < _mean.Length; j++)
        {
            Trace += scale.Matrix[j * _mean.Length + j];
        }
    }

    /// <summary>m.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>κ.</summary>
    public double Shrinkage { get; }

    /// <summary>Λ.</summary>
    public Covariance Scale { get; }

    /// <summary>p.</summary>
    public double Power { get; }

    /// <summary>tr Λ.</summary>
    internal double Trace { get; }

    /// <summary>Checks that the prior belongs to rows of <paramref name="columns"/> values.</summary>
    internal GaussianPrior For(int columns) => _mean.Length == columns
        ? this
        : throw new ArgumentException($"Expected a prior of {columns} columns, found one of {_mean.Length}.");

    /// <summary>What the prior adds to the rows that a covariance is divided by, with so many means about it.</summary>
    internal double RowsOf(int means) => Power + (Shrinkage > 0 ? means : 0);

    /// <summary>From the current mean, how far the mean of N rows under the prior lies, and the weight κN/(N + κ) of the square of x̄ − m in the scatter.</summary>
    /// <param name="n">N ≥ 0.</param>
    /// <param name="average">x̄; replaced by (N·x̄ + κ·m)/(N + κ), or by 0, the current mean, where neither rows nor prior have a say.</param>
    /// <param name="centre">m, like x̄ as a deviation from the current mean, in the same units.</param>
    /// <param name="offset">Receives x̄ − m.</param>
    internal double Shrink(double n, Span<double> average, ReadOnlySpan<double> centre, Span<double> offset)
    {
        double total = n + Shrinkage;
        for (int j = 0; j < average.Length; j++)
        {
            offset[j] = n > 0 ? average[j] - centre[j] : 0;
            average[j] = total > 0 ? (n > 0 ? average[j] * (n / total) : 0) + centre[j] * (Shrinkage / total) : 0;
        }
        return total > 0 ? n * (Shrinkage / total) : 0;
    }

    /// <summary>WΛWᵀ, row-major d × d, W the whitening of a covariance.</summary>
    internal double[] Whitened(Covariance current)
    {
        int d = _mean.Length;
        return Cholesky.Square(Cholesky.MultiplyLower(current.Whitening, Scale.Lower, d), d);
    }

    /// <summary>W(m − origin), W the whitening of a covariance.</summary>
    internal double[] WhitenedMean(Covariance current, ReadOnlySpan<double> origin)
    {
        double[] deviation = new double[_mean.Length];
        for (int j = 0; j < deviation.Length; j++)
        {
            deviation[j] = _mean[j] - origin[j];
        }
        double[] whitened = new double[_mean.Length];
        Cholesky.Multiply(current.Whitening, deviation, whitened);
        return whitened;
    }

    /// <summary>Adds what the prior of Σ says to whitened moments, as p rows of scatter Λ: the gradient of both has one form.</summary>
    internal void AddTo(Covariance covariance, ref double n, Span<double> scatter)
    {
        double[] scale = Whitened(covariance);
        for (int cell = 0; cell < scale.Length; cell++)
        {
            scatter[cell] += scale[cell];
        }
        n += Power;
    }

    /// <summary>Adds what the prior of one mean says to whitened moments about it, as κ rows at m; nothing where κ = 0.</summary>
    internal void AddTo(Covariance covariance, ReadOnlySpan<double> mean, ref double n, Span<double> sum, Span<double> scatter)
    {
        if (Shrinkage == 0)
        {
            return;
        }
        double[] offset = WhitenedMean(covariance, mean);
        for (int i = 0; i < offset.Length; i++)
        {
            sum[i] += Shrinkage * offset[i];
            for (int j = 0; j <= i; j++)
            {
                scatter[i * offset.Length + j] += Shrinkage * offset[i] * offset[j];
            }
        }
        n++;
    }

    /// <summary>−½(p·log |Σ| + tr(ΛΣ⁻¹)).</summary>
    internal double LogDensity(Covariance covariance) =>
        LogDensity(covariance.LogDeterminant, GaussianConstants.CollapsePenalty(covariance, Scale) - covariance.LogDeterminant);

    /// <summary>−½(p·log |Σ| + tr(ΛΣ⁻¹)).</summary>
    internal double LogDensity(double logDeterminant, double trace) => -0.5 * (Power * logDeterminant + trace);

    /// <summary>−½(log |Σ| + κ(μ−m)ᵀΣ⁻¹(μ−m)); 0 where κ = 0.</summary>
    internal double LogDensityOfMean(Covariance covariance, ReadOnlySpan<double> mean)
    {
        double square = 0;
        foreach (double y in WhitenedMean(covariance, mean))
        {
            square += y * y;
        }
        return LogDensityOfMean(covariance.LogDeterminant, square);
    }

    /// <summary>−½(log |Σ| + κ·square); 0 where κ = 0.</summary>
    internal double LogDensityOfMean(double logDeterminant, double square) => Shrinkage > 0 ? -0.5 * (logDeterminant + Shrinkage * square) : 0;
}
