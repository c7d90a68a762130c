namespace Latent.Numerics;

/// <summary>Small dense triangular algebra, row-major, in a fixed order of operations.</summary>
internal static class Cholesky
{
    /// <summary>
    /// Replaces the lower triangle of a symmetric d × d matrix A by L with A = L·Lᵀ and clears what lies above.
    /// </summary>
    /// <param name="matrix">A; only its lower triangle is read.</param>
    /// <param name="dimension">d.</param>
    /// <param name="tolerance">A pivot must exceed this share of its diagonal element: below lies cancellation, not information.</param>
    /// <returns>Whether A is positive definite; if not, the matrix is left half done.</returns>
    public static bool Factor(Span<double> matrix, int dimension, double tolerance = 0)
    {
        for (int row = 0; row < dimension; row++)
        {
            Span<double> current = matrix.Slice(row * dimension, dimension);
            double diagonal = current[row];
            for (int column = 0; column < row; column++)
            {
                ReadOnlySpan<double> other = matrix.Slice(column * dimension, dimension);
                current[column] = (current[column] - Dot(current[..column], other[..column])) / other[column];
            }
            double pivot = diagonal - Dot(current[..row], current[..row]);
            if (!(pivot > tolerance * diagonal) || !double.IsFinite(pivot))
            {
                return false;
            }
            current[row] = Math.Sqrt(pivot);
            current[(row + 1)..].Clear();
        }
        return true;
    }

    /// <summary>
    /// F with A = F·Fᵀ for a symmetric A that is positive semidefinite but for rounding: the Cholesky factor, or where pivots are lost, eigenvectors times the roots of the eigenvalues.
    /// </summary>
    /// <param name="matrix">A; only its lower triangle is read.</param>
    /// <param name="dimension">d.</param>
    /// <param name="tolerance">As in <see cref="Factor"/>.</param>
    public static double[] Root(ReadOnlySpan<double> matrix, int dimension, double tolerance)
    {
        double[] root = matrix.ToArray();
        if (Factor(root, dimension, tolerance))
        {
            return root;
        }
        double[] symmetric = new double[dimension * dimension];
        for (int cell = 0; cell < symmetric.Length; cell++)
        {
            (int row, int column) = (cell / dimension, cell % dimension);
            symmetric[cell] = matrix[Math.Max(row, column) * dimension + Math.Min(row, column)];
        }
        (double[] values, double[] vectors) = SymmetricEigen.Decompose(symmetric, dimension);
        for (int cell = 0; cell < root.Length; cell++)
        {
            root[cell] = vectors[cell] * Math.Sqrt(Math.Max(0, values[cell % dimension]));
        }
        return root;
    }

    /// <summary>The inverse of a lower triangular matrix.</summary>
    public static double[] InvertLower(ReadOnlySpan<double> lower, int dimension)
    {
        double[] inverse = new double[dimension * dimension];
        for (int column = 0; column < dimension; column++)
        {
            inverse[column * dimension + column] = 1 / lower[column * dimension + column];
            for (int row = column + 1; row < dimension; row++)
            {
                double sum = 0;
                for (int k = column; k < row; k++)
                {
                    sum += lower[row * dimension + k] * inverse[k * dimension + column];
                }
                inverse[row * dimension + column] = -sum / lower[row * dimension + row];
            }
        }
        return inverse;
    }

    /// <summary>The product of two lower triangular matrices.</summary>
    public static double[] MultiplyLower(ReadOnlySpan<double> left, ReadOnlySpan<double> right, int dimension)
    {
        double[] product = new double[dimension * dimension];
        for (int row = 0; row < dimension; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double sum = 0;
                for (int k = column; k <= row; k++)
                {
                    sum += left[row * dimension + k] * right[k * dimension + column];
                }
                product[row * dimension + column] = sum;
            }
        }
        return product;
    }

    /// <summary>L·Lᵀ, both triangles.</summary>
    public static double[] Square(ReadOnlySpan<double> lower, int dimension)
    {
        double[] product = new double[dimension * dimension];
        for (int row = 0; row < dimension; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double sum = Dot(lower.Slice(row * dimension, column + 1), lower.Slice(column * dimension, column + 1));
                product[row * dimension + column] = sum;
                product[column * dimension + row] = sum;
            }
        }
        return product;
    }

    /// <summary>L with L·Lᵀ = F·Fᵀ, by orthonormalising the rows of F: small singular values keep their digits, which the product would lose.</summary>
    /// <param name="factor">F, row-major d × m; destroyed.</param>
    /// <param name="dimension">d.</param>
    public static double[] LowerOf(Span<double> factor, int dimension)
    {
        int columns = factor.Length / dimension;
        double[] lower = new double[dimension * dimension];
        for (int row = 0; row < dimension; row++)
        {
            Span<double> current = factor.Slice(row * columns, columns);
            // Twice is enough.
            for (int pass = 0; pass < 2; pass++)
            {
                for (int before = 0; before < row; before++)
                {
                    ReadOnlySpan<double> other = factor.Slice(before * columns, columns);
                    double dot = Dot(current, other);
                    lower[row * dimension + before] += dot;
                    for (int i = 0; i < columns; i++)
                    {
                        current[i] -= dot * other[i];
                    }
                }
            }
            double length = Math.Sqrt(Dot(current, current));
            lower[row * dimension + row] = length;
            for (int i = 0; i < columns && length > 0; i++)
            {
                current[i] /= length;
            }
        }
        return lower;
    }

    /// <summary>target = L·x.</summary>
    public static void Multiply(ReadOnlySpan<double> lower, ReadOnlySpan<double> x, Span<double> target)
    {
        int dimension = x.Length;
        for (int row = dimension - 1; row >= 0; row--)
        {
            target[row] = Dot(lower.Slice(row * dimension, row + 1), x[..(row + 1)]);
        }
    }

    /// <summary>Replaces b by the solution x of L·x = b.</summary>
    public static void Solve(ReadOnlySpan<double> lower, Span<double> b)
    {
        int dimension = b.Length;
        for (int row = 0; row < dimension; row++)
        {
            ReadOnlySpan<double> current = lower.Slice(row * dimension, row + 1);
            b[row] = (b[row] - Dot(current[..row], b[..row])) / current[row];
        }
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
