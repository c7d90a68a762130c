namespace Latent.Families;

/// <summary>
/// Derivatives of −½Σ r(log |Σ| + (x−μ)ᵀΣ⁻¹(x−μ)) by the coordinates of <see cref="GaussianCoordinates"/>, from the moments n = Σ r, m = Σ r·y, M = Σ r·yyᵀ of the
/// whitened deviations y = W(x−μ): by μ it is Wᵀm, by the factor L the lower triangle of WᵀM less n/Lᵢᵢ on the diagonal.
/// </summary>
internal static class GaussianCoordinateScore
{
    public static void WriteMean(Covariance covariance, ReadOnlySpan<double> sum, CovarianceFloor floor, Span<double> score)
    {
        int d = covariance.Dimension;
        for (int j = 0; j < d; j++)
        {
            double value = 0;
            for (int i = j; i < d; i++)
            {
                value = Math.FusedMultiplyAdd(covariance.Whitening[i * d + j], sum[i], value);
            }
            score[j] = value * floor.Unit(j);
        }
    }

    /// <summary>Row by row, the diagonal by its logarithm.</summary>
    /// <param name="covariance">Σ = LLᵀ.</param>
    /// <param name="n">n.</param>
    /// <param name="scatter">M, row-major; its lower triangle is read.</param>
    /// <param name="floor">The units.</param>
    /// <param name="score">Receives d(d+1)/2 values.</param>
    public static void WriteLower(Covariance covariance, double n, ReadOnlySpan<double> scatter, CovarianceFloor floor, Span<double> score)
    {
        int d = covariance.Dimension;
        int index = 0;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double value = 0;
                for (int a = i; a < d; a++)
                {
                    value = Math.FusedMultiplyAdd(covariance.Whitening[a * d + i], scatter[a * d + j], value);
                }
                score[index++] = i == j ? value * covariance.Lower[i * d + i] - n : value * floor.Unit(i);
            }
        }
    }

    /// <summary>A lower triangle, stored row by row, as a matrix.</summary>
    public static double[] Unpack(ReadOnlySpan<double> triangle, int dimension)
    {
        double[] matrix = new double[dimension * dimension];
        int position = 0;
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                matrix[i * dimension + j] = triangle[position++];
            }
        }
        return matrix;
    }
}
