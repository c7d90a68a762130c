namespace Latent.Numerics;

/// <summary>
/// Products and solutions with small square matrices, row-major d × d: where a general library's workspaces would cost more than the arithmetic. Orders are fixed.
/// </summary>
internal static class SquareMatrix
{
    /// <summary>The unit matrix.</summary>
    public static double[] Unit(int dimension)
    {
        double[] unit = new double[dimension * dimension];
        for (int j = 0; j < dimension; j++)
        {
            unit[j * dimension + j] = 1;
        }
        return unit;
    }

    /// <summary>A·B.</summary>
    public static double[] Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int dimension)
    {
        double[] product = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
        {
            Span<double> target = product.AsSpan(i * dimension, dimension);
            for (int k = 0; k < dimension; k++)
            {
                AddTo(target, a[i * dimension + k], b.Slice(k * dimension, dimension));
            }
        }
        return product;
    }

    /// <summary>AᵀB.</summary>
    public static double[] TransposeMultiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int dimension)
    {
        double[] product = new double[dimension * dimension];
        for (int k = 0; k < dimension; k++)
        {
            ReadOnlySpan<double> row = b.Slice(k * dimension, dimension);
            for (int i = 0; i < dimension; i++)
            {
                AddTo(product.AsSpan(i * dimension, dimension), a[k * dimension + i], row);
            }
        }
        return product;
    }

    /// <summary>QᵀAQ.</summary>
    public static double[] Turned(ReadOnlySpan<double> matrix, ReadOnlySpan<double> axes, int dimension) =>
        TransposeMultiply(axes, Multiply(matrix, axes, dimension), dimension);

    /// <summary>Aᵀ.</summary>
    public static double[] Transpose(ReadOnlySpan<double> matrix, int dimension)
    {
        double[] transposed = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j < dimension; j++)
            {
                transposed[j * dimension + i] = matrix[i * dimension + j];
            }
        }
        return transposed;
    }

    /// <summary>tr A.</summary>
    public static double Trace(ReadOnlySpan<double> matrix, int dimension)
    {
        double trace = 0;
        for (int j = 0; j < dimension; j++)
        {
            trace += matrix[j * dimension + j];
        }
        return trace;
    }

    /// <summary>The squared lengths of the rows of a matrix that has so many.</summary>
    public static double[] RowSquares(ReadOnlySpan<double> matrix, int rows)
    {
        double[] squares = new double[rows];
        int columns = matrix.Length / rows;
        for (int i = 0; i < matrix.Length; i++)
        {
            squares[i / columns] = Math.FusedMultiplyAdd(matrix[i], matrix[i], squares[i / columns]);
        }
        return squares;
    }

    /// <summary>‖x‖², ‖y‖² and x·y.</summary>
    public static (double First, double Second, double Cross) Products(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        (double first, double second, double cross) = (0, 0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            first = Math.FusedMultiplyAdd(x[i], x[i], first);
            second = Math.FusedMultiplyAdd(y[i], y[i], second);
            cross = Math.FusedMultiplyAdd(x[i], y[i], cross);
        }
        return (first, second, cross);
    }

    /// <summary>Replaces two rows by c·x + s·y and c·y − s·x.</summary>
    public static void Rotate(Span<double> x, Span<double> y, double c, double s)
    {
        for (int i = 0; i < x.Length; i++)
        {
            (x[i], y[i]) = (c * x[i] + s * y[i], c * y[i] - s * x[i]);
        }
    }

    /// <summary>A⁻¹B by elimination with the largest pivot of each column, and |A|; a singular A gives values that are not finite, and 0.</summary>
    public static (double[] Solution, double Determinant) Solve(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int dimension)
    {
        double[] left = a.ToArray();
        double[] right = b.ToArray();
        double determinant = 1;
        for (int column = 0; column < dimension; column++)
        {
            int pivot = column;
            for (int row = column + 1; row < dimension; row++)
            {
                pivot = Math.Abs(left[row * dimension + column]) > Math.Abs(left[pivot * dimension + column]) ? row : pivot;
            }
            if (pivot != column)
            {
                Exchange(left, pivot, column, dimension);
                Exchange(right, pivot, column, dimension);
                determinant = -determinant;
            }
            double diagonal = left[column * dimension + column];
            determinant *= diagonal;
            for (int row = column + 1; row < dimension; row++)
            {
                double factor = -left[row * dimension + column] / diagonal;
                AddTo(left.AsSpan(row * dimension + column, dimension - column), factor, left.AsSpan(column * dimension + column, dimension - column));
                AddTo(right.AsSpan(row * dimension, dimension), factor, right.AsSpan(column * dimension, dimension));
            }
        }
        for (int row = dimension - 1; row >= 0; row--)
        {
            Span<double> target = right.AsSpan(row * dimension, dimension);
            for (int other = row + 1; other < dimension; other++)
            {
                AddTo(target, -left[row * dimension + other], right.AsSpan(other * dimension, dimension));
            }
            foreach (ref double value in target)
            {
                value /= left[row * dimension + row];
            }
        }
        return (right, determinant);
    }

    private static void Exchange(double[] matrix, int first, int second, int dimension)
    {
        for (int j = 0; j < dimension; j++)
        {
            (matrix[first * dimension + j], matrix[second * dimension + j]) = (matrix[second * dimension + j], matrix[first * dimension + j]);
        }
    }

    private static void AddTo(Span<double> target, double factor, ReadOnlySpan<double> row)
    {
        for (int j = 0; j < target.Length; j++)
        {
            target[j] = Math.FusedMultiplyAdd(factor, row[j], target[j]);
        }
    }
}
