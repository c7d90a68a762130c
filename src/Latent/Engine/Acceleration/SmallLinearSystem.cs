namespace Latent.Engine.Acceleration;

/// <summary>Linear systems of a few unknowns, solved in place.</summary>
internal static class SmallLinearSystem
{
    /// <summary>Solves A x = b by Gaussian elimination with partial pivoting.</summary>
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

    /// <summary>Solves A x = b for a symmetric positive definite A by its Cholesky factor.</summary>
    /// <param name="matrix">A, of which the lower triangle is read; overwritten.</param>
    /// <param name="right">b, replaced by x.</param>
    /// <returns>False when A is not positive definite to the last bits.</returns>
    public static bool TrySolvePositive(Span<double> matrix, Span<double> right)
    {
        int n = right.Length;
        for (int i = 0; i < n; i++)
        {
            Span<double> row = matrix.Slice(i * n, n);
            for (int j = 0; j <= i; j++)
            {
                double sum = row[j] - VectorMath.Dot(row[..j], matrix.Slice(j * n, j));
                if (j < i)
                {
                    row[j] = sum / matrix[j * n + j];
                }
                else if (sum > 0)
                {
                    row[j] = Math.Sqrt(sum);
                }
                else
                {
                    return false;
                }
            }
            right[i] = (right[i] - VectorMath.Dot(row[..i], right[..i])) / row[i];
        }
        for (int i = n - 1; i >= 0; i--)
        {
            right[i] /= matrix[i * n + i];
            VectorMath.AddScaled(-right[i], matrix.Slice(i * n, i), right[..i]);
        }
        return VectorMath.AllFinite(right);
    }
}
