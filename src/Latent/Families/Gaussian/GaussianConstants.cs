using Latent.Numerics;
namespace Latent.Families;

/// <summary>What the Gaussian structures have in common.</summary>
internal static class GaussianConstants
{
    /// <summary>log 2π.</summary>
    public const double LogTwoPi = 1.8378770664093454836;

    /// <summary>−½(d·log 2π + log |Σ|).</summary>
    public static double LogNormalizer(int dimension, double logDeterminant) => -0.5 * (dimension * LogTwoPi + logDeterminant);

    /// <summary>Checks a mean and copies it.</summary>
    public static double[] CheckedMean(ReadOnlySpan<double> mean)
    {
        if (mean.IsEmpty)
        {
            throw new ArgumentException("Expected a mean of at least one value, found none.", nameof(mean));
        }
        foreach (double value in mean)
        {
            if (!double.IsFinite(value))
            {
                throw new ArgumentException($"Expected a finite mean, found {value}.", nameof(mean));
            }
        }
        return mean.ToArray();
    }

    /// <summary>Checks that variances are positive and finite, and so are their inverses.</summary>
    public static void CheckVariances(ReadOnlySpan<double> variances)
    {
        foreach (double variance in variances)
        {
            if (!(variance > 0) || !double.IsFinite(variance) || !double.IsFinite(1 / variance))
            {
                throw new ArgumentException($"Expected variances that are positive and finite, found {variance}.", nameof(variances));
            }
        }
    }

    /// <summary>−x of every value.</summary>
    public static double[] Negated(ReadOnlySpan<double> values)
    {
        double[] negated = new double[values.Length];
        for (int i = 0; i < negated.Length; i++)
        {
            negated[i] = -values[i];
        }
        return negated;
    }

    /// <summary>The mean that a step of m/N along the factor leads to; an error if it is not finite.</summary>
    public static double[] Moved(ReadOnlySpan<double> mean, ReadOnlySpan<double> step)
    {
        double[] moved = new double[mean.Length];
        for (int i = 0; i < moved.Length; i++)
        {
            moved[i] = mean[i] + step[i];
            if (!double.IsFinite(moved[i]))
            {
                throw new NumericalException("Expected finite moments, found a mean that overflows or a cell that is not a number. Rescale the data, or leave the cell out.");
            }
        }
        return moved;
    }

    /// <summary>
    /// μ + L·y, or μ itself where rounding the sum to doubles would cost more of the likelihood than the step gains, ‖W·rounding‖ > ‖y‖: far from the origin, in a direction of little variance.
    /// </summary>
    /// <param name="covariance">Whose factor L whitens.</param>
    /// <param name="mean">μ.</param>
    /// <param name="step">y, in whitened coordinates.</param>
    public static double[] Moved(Covariance covariance, ReadOnlySpan<double> mean, ReadOnlySpan<double> step)
    {
        double[] change = new double[mean.Length];
        Cholesky.Multiply(covariance.Lower, step, change);
        double[] moved = Moved(mean, change);
        for (int j = 0; j < change.Length; j++)
        {
            change[j] = moved[j] - mean[j] - change[j];
        }
        double[] rounding = new double[change.Length];
        Cholesky.Multiply(covariance.Whitening, change, rounding);
        (double lost, double gained, _) = SquareMatrix.Products(rounding, step);
        return lost > gained ? mean.ToArray() : moved;
    }

    /// <summary>A variance under its bound, and whether that holds it.</summary>
    /// <exception cref="NumericalException">The variance is not finite, or not positive without a bound.</exception>
    public static (double Variance, bool Raised) Raise(double variance, double least)
    {
        if (!double.IsFinite(variance))
        {
            throw new NumericalException("Expected finite moments, found a variance that overflows or a cell that is not a number. Rescale the data, or leave the cell out.");
        }
        if (variance >= least && variance > 0)
        {
            return (variance, false);
        }
        return least > 0
            ? (least, true)
            : throw new NumericalException($"Expected a positive variance, found {variance}: a component has collapsed on too few rows. Use a CovarianceFloor, or fewer components.");
    }

    /// <summary>tr(S·Σ⁻¹) + log |Σ|, S the pooled covariance: the trace is that of (W·L_S)(W·L_S)ᵀ.</summary>
    public static double CollapsePenalty(Covariance covariance, Covariance pooled)
    {
        int d = covariance.Dimension;
        ReadOnlySpan<double> whitening = covariance.Whitening;
        ReadOnlySpan<double> lower = pooled.Lower;
        double trace = 0;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int l = j; l <= i; l++)
                {
                    sum += whitening[i * d + l] * lower[l * d + j];
                }
                trace += sum * sum;
            }
        }
        return trace + covariance.LogDeterminant;
    }

    /// <summary>Checks the length of a row.</summary>
    public static void CheckLength(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"Expected {expected} values, found {length}.", name);
        }
    }

    /// <summary>What is said of a component that a floor holds.</summary>
    public static string FloorMessage(double epsilon) =>
        $"the covariance would be singular, or nearly so; it is held at {epsilon:g3} of the data's variance. Use fewer components or another start.";
}
