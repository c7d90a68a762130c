using Latent.Kernels;

namespace Latent.Families;

/// <summary>Means, variances and Cholesky factors as unconstrained numbers without units.</summary>
internal static class GaussianCoordinates
{
    public static void WriteMean(ReadOnlySpan<double> mean, CovarianceFloor floor, Span<double> point)
    {
        for (int j = 0; j < mean.Length; j++)
        {
            point[j] = mean[j] / floor.Unit(j);
        }
    }

    public static double[]? TryReadMean(ReadOnlySpan<double> point, CovarianceFloor floor)
    {
        double[] mean = new double[point.Length];
        for (int j = 0; j < mean.Length; j++)
        {
            mean[j] = point[j] * floor.Unit(j);
            if (!double.IsFinite(mean[j]))
            {
                return null;
            }
        }
        return mean;
    }

    /// <summary>L row by row: d(d+1)/2 numbers, the diagonal as logarithms.</summary>
    public static void WriteLower(ReadOnlySpan<double> lower, int dimension, CovarianceFloor floor, Span<double> point)
    {
        int index = 0;
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double value = lower[i * dimension + j] / floor.Unit(i);
                point[index++] = i == j ? Elementary.Log(value) : value;
            }
        }
    }

    public static Covariance? TryReadCovariance(ReadOnlySpan<double> point, int dimension, CovarianceFloor floor, bool free = true)
    {
        double[] lower = new double[dimension * dimension];
        int index = 0;
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double value = point[index++];
                lower[i * dimension + j] = (i == j ? Elementary.Exp(value) : value) * floor.Unit(i);
            }
        }
        return Covariance.TryFromLower(lower, dimension, floor, free);
    }

    /// <summary>A variance from its logarithm, or null where it leaves the positive numbers or lies past the least by more than rounding.</summary>
    public static (double Variance, bool Held)? TryReadVariance(double logarithm, double unit, double least)
    {
        double variance = Elementary.Exp(logarithm) * unit * unit;
        if (!(variance > 0) || !double.IsFinite(variance) || variance < least * (1 - 1e-3))
        {
            return null;
        }
        // A variance on the floor comes back from its logarithm with a rounding error to either side.
        return variance < least * (1 + 1e-12) ? (least, true) : (variance, false);
    }
}
