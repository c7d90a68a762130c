using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Structured covariances as unconstrained numbers without units, as many as there are free parameters.</summary>
/// <remarks>
/// Eigenvalues stand as logarithms, volumes and shapes apart. A rotation D that all components share stands as the unit lower factor of D = L·U, its columns, whose
/// order is free, ordered so that pivots are large; D comes back as the orthogonal factor of L. Rotations of single components, whose columns pair with a
/// common shape, stand as the Cayley transform of the turn from an origin that a run keeps. Where shape and orientation are both equal or both free, Cholesky
/// factors serve.
/// </remarks>
internal static partial class StructuredChart
{
    /// <summary>Writes the logarithms of eigenvalues that obey a structure: component by component, what is determined by others left out.</summary>
    /// <returns>How many numbers were written.</returns>
    public static int WriteValues(CovarianceDecomposition structure, double[][] logs, Span<double> point)
    {
        int index = 0;
        for (int k = 0; k < logs.Length; k++)
        {
            int own = Own(structure, k, logs[k].Length);
            for (int j = 0; j < own; j++)
            {
                point[index++] = logs[k][j] - (k > 0 && structure.HasCommonShape ? logs[0][j] : 0);
            }
        }
        return index;
    }

    /// <summary>The logarithms that <see cref="WriteValues"/> wrote.</summary>
    public static double[][] ReadValues(CovarianceDecomposition structure, int components, int columns, ReadOnlySpan<double> point)
    {
        double[][] logs = new double[components][];
        int index = 0;
        for (int k = 0; k < components; k++)
        {
            int own = Own(structure, k, columns);
            double[] row = logs[k] = new double[columns];
            point.Slice(index, own).CopyTo(row);
            index += own;
            if (structure.Shape == CovarianceSharing.Identity || (k > 0 && structure.HasCommonShape))
            {
                double volume = own > 0 ? row[0] : k > 0 && structure.Shape == CovarianceSharing.Identity ? logs[0][0] : 0;
                for (int j = 0; j < columns; j++)
                {
                    row[j] = structure.Shape == CovarianceSharing.Identity ? volume : logs[0][j] + volume;
                }
            }
            else if (own == columns - 1)
            {
                row[^1] = logs[0].Sum() - row[..^1].Sum();
            }
        }
        return logs;
    }

    /// <summary>Numbers of component k: its volume and shape, less what the first component says for all.</summary>
    private static int Own(CovarianceDecomposition structure, int k, int columns)
    {
        bool free = structure.Volume == CovarianceSharing.Variable;
        return structure.Shape switch
        {
            CovarianceSharing.Identity => k == 0 || free ? 1 : 0,
            CovarianceSharing.Equal => k == 0 ? columns : free ? 1 : 0,
            _ => k == 0 || free ? columns : columns - 1,
        };
    }

    /// <summary>Writes the strict lower triangle of L, D = L·U, row by row; returns the order of D's columns.</summary>
    public static int[] WriteAxes(double[] axes, int dimension, Span<double> point)
    {
        double[] rest = [.. axes];
        int[] order = new int[dimension];
        bool[] used = new bool[dimension];
        for (int row = 0; row < dimension; row++)
        {
            int pivot = -1;
            for (int column = 0; column < dimension; column++)
            {
                if (!used[column] && (pivot < 0 || Math.Abs(rest[row * dimension + column]) > Math.Abs(rest[row * dimension + pivot])))
                {
                    pivot = column;
                }
            }
            used[pivot] = true;
            order[row] = pivot;
            for (int below = row + 1; below < dimension; below++)
            {
                double factor = rest[below * dimension + pivot] / rest[row * dimension + pivot];
                point[below * (below - 1) / 2 + row] = factor;
                for (int column = 0; column < dimension; column++)
                {
                    rest[below * dimension + column] -= used[column] ? 0 : factor * rest[row * dimension + column];
                }
            }
        }
        return order;
    }

    /// <summary>The orthogonal factor of L; null where a number is not finite.</summary>
    public static double[]? ReadAxes(ReadOnlySpan<double> point, int dimension)
    {
        double[] axes = new double[dimension * dimension];
        double[] column = new double[dimension];
        for (int j = 0; j < dimension; j++)
        {
            for (int i = 0; i < dimension; i++)
            {
                column[i] = i < j ? 0 : i == j ? 1 : point[i * (i - 1) / 2 + j];
            }
            // Twice is enough.
            for (int pass = 0; pass < 2; pass++)
            {
                for (int before = 0; before < j; before++)
                {
                    double dot = 0;
                    for (int i = 0; i < dimension; i++)
                    {
                        dot += column[i] * axes[i * dimension + before];
                    }
                    for (int i = 0; i < dimension; i++)
                    {
                        column[i] -= dot * axes[i * dimension + before];
                    }
                }
            }
            double square = 0;
            foreach (double value in column)
            {
                square += value * value;
            }
            double length = Math.Sqrt(square);
            if (!(length > 0) || !double.IsFinite(length))
            {
                return null;
            }
            for (int i = 0; i < dimension; i++)
            {
                axes[i * dimension + j] = column[i] / length;
            }
        }
        return axes;
    }

    /// <summary>
    /// Writes the strict lower triangle of S = (I − R)(I + R)⁻¹, R = OᵀD the turn from an origin, with the signs of D's columns chosen so that it is short and no reflection.
    /// </summary>
    public static void WriteTurn(double[] axes, double[] origin, int dimension, Span<double> point)
    {
        double[] turn = SquareMatrix.TransposeMultiply(origin, axes, dimension);
        double[] unit = SquareMatrix.Unit(dimension);
        int least = 0;
        for (int j = 0; j < dimension; j++)
        {
            least = Math.Abs(turn[j * dimension + j]) < Math.Abs(turn[least * dimension + least]) ? j : least;
            if (turn[j * dimension + j] < 0)
            {
                Negate(turn, j, dimension);
            }
        }
        if (SquareMatrix.Solve(turn, unit, dimension).Determinant < 0)
        {
            Negate(turn, least, dimension);
        }
        // (I + R)ᵀSᵀ = (I − R)ᵀ
        double[] transposed = SquareMatrix.Transpose(turn, dimension);
        double[] skew = SquareMatrix.Solve(Combined(unit, transposed, 1), Combined(unit, transposed, -1), dimension).Solution;
        int index = 0;
        for (int i = 1; i < dimension; i++)
        {
            for (int j = 0; j < i; j++)
            {
                point[index++] = 0.5 * (skew[j * dimension + i] - skew[i * dimension + j]);
            }
        }
    }

    /// <summary>D = O(I + S)⁻¹(I − S); null where a number is not finite.</summary>
    public static double[]? ReadTurn(ReadOnlySpan<double> point, double[] origin, int dimension)
    {
        double[] skew = new double[dimension * dimension];
        int index = 0;
        for (int i = 1; i < dimension; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (!double.IsFinite(point[index]) || Math.Abs(point[index]) > 1e100)
                {
                    return null;
                }
                skew[i * dimension + j] = point[index];
                skew[j * dimension + i] = -point[index++];
            }
        }
        double[] unit = SquareMatrix.Unit(dimension);
        return SquareMatrix.Multiply(origin, SquareMatrix.Solve(Combined(unit, skew, 1), Combined(unit, skew, -1), dimension).Solution, dimension);
    }

    private static void Negate(double[] matrix, int column, int dimension)
    {
        for (int i = 0; i < dimension; i++)
        {
            matrix[i * dimension + column] = -matrix[i * dimension + column];
        }
    }

    /// <summary>A + c·B.</summary>
    private static double[] Combined(double[] a, double[] b, double factor)
    {
        double[] sum = new double[a.Length];
        for (int cell = 0; cell < sum.Length; cell++)
        {
            sum[cell] = Math.FusedMultiplyAdd(factor, b[cell], a[cell]);
        }
        return sum;
    }

    /// <summary>exp of every logarithm plus a unit, or null where one leaves the positive numbers or lies below its bound by more than rounding.</summary>
    public static double[][]? Exponentials(double[][] logs, double[] units, double[] least)
    {
        double[][] values = new double[logs.Length][];
        for (int k = 0; k < logs.Length; k++)
        {
            values[k] = new double[units.Length];
            for (int j = 0; j < units.Length; j++)
            {
                double value = Elementary.Exp(logs[k][j]) * units[j];
                if (!(value > 0) || !double.IsFinite(value) || !double.IsFinite(1 / value) || value < least[j] * (1 - 1e-9))
                {
                    return null;
                }
                values[k][j] = value;
            }
        }
        return values;
    }
}
