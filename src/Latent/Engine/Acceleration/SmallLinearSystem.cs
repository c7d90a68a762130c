namespace Latent.Engine.Acceleration;

/// <summary>Gaussian elimination with partial pivoting, in place, for systems of a few unknowns.</summary>
internal static class SmallLinearSystem
{
    /// <summary>Solves A x = b.</summary>
    /// <param name="matrix">A, row-major; overwritten.</param>
    /// <param name="right">b, replaced by x.</param>
    /// <returns>False when a pivot is nil against the matrix, or not finite.</returns>
    public static bool TrySolve(Span<double> matrix, Span<double> right)
    {
        int n = right.Length;
        double largest = 0;
        foreach (double value in matrix)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++)
            {
                if (Math.Abs(matrix[i * n + k]) > Math.Abs(matrix[pivot * n + k]))
                {
                    pivot = i;
                }
            }
            if (!(Math.Abs(matrix[pivot * n + k]) > 1e-15 * largest))
            {
                return false;
            }
            if (pivot != k)
            {
                for (int j = 0; j < n; j++)
                {
                    (matrix[k * n + j], matrix[pivot * n + j]) = (matrix[pivot * n + j], matrix[k * n + j]);
                }
                (right[k], right[pivot]) = (right[pivot], right[k]);
            }
            for (int i = k + 1; i < n; i++)
            {
                double factor = matrix[i * n + k] / matrix[k * n + k];
                VectorMath.AddScaled(-factor, matrix.Slice(k * n + k, n - k), matrix.Slice(i * n + k, n - k));
                right[i] -= factor * right[k];
            }
        }
        for (int i = n - 1; i >= 0; i--)
        {
            double sum = right[i];
            for (int j = i + 1; j < n; j++)
            {
                sum -= matrix[i * n + j] * right[j];
            }
            right[i] = sum / matrix[i * n + i];
        }
        return VectorMath.AllFinite(right);
    }
}
