namespace Latent.Families;

/// <summary>From sums to central moments.</summary>
internal static class GaussianMoments
{
    /// <summary>m/N and the lower triangle of M/N − m·mᵀ/N², from [m | lower triangle of M].</summary>
    /// <exception cref="NumericalException">A moment is not finite.</exception>
    public static void Centre(ReadOnlySpan<double> sums, double n, Span<double> mean, Span<double> scatter)
    {
        int dimension = mean.Length;
        ReadOnlySpan<double> triangle = sums[dimension..];
        for (int i = 0; i < dimension; i++)
        {
            mean[i] = sums[i] / n;
        }
        int position = 0;
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double value = triangle[position++] / n - mean[i] * mean[j];
                if (!double.IsFinite(value))
                {
                    throw new NumericalException("Expected finite moments, found a covariance that overflows or a cell that is not a number. Rescale the data, or leave the cell out.");
                }
                scatter[i * dimension + j] = value;
            }
        }
    }
}
