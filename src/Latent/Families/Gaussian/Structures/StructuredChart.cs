using Latent.Kernels;

namespace Latent.Families;

/// <summary>Structured covariances as unconstrained numbers without units, as many as there are free parameters.</summary>
/// <remarks>
/// Eigenvalues stand as logarithms, volumes and shapes apart. A rotation D stands as the unit lower factor of D = L·U, its columns ordered so that pivots are
/// large; D comes back as the orthogonal factor of L. Where shape and orientation are both equal or both free, Cholesky factors serve.
/// </remarks>
internal static class StructuredChart
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

    /// <summary>The order of columns in which each is the largest that remains in its row.</summary>
    public static int[] Order(double[] axes, int dimension) => Factor(axes, dimension, []);

    /// <summary>Writes the strict lower triangle of L, D = L·U, row by row; returns the order of D's columns.</summary>
    public static int[] WriteAxes(double[] axes, int dimension, Span<double> point) => Factor(axes, dimension, point);

    private static int[] Factor(double[] axes, int dimension, Span<double> point)
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
                if (!point.IsEmpty)
                {
                    point[below * (below - 1) / 2 + row] = factor;
                }
                for (int column = 0; column < dimension; column++)
                {
                    rest[below * dimension + column] -= used[column] ? 0 : factor * rest[row * dimension + column];
                }
            }
        }
        return order;
    }

    /// <summary>The rotation whose columns, in an order, are those of the orthogonal factor of L; null where a number is not finite.</summary>
    public static double[]? ReadAxes(ReadOnlySpan<double> point, int dimension, int[]? order = null)
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
                    int place = order is null ? before : order[before];
                    double dot = 0;
                    for (int i = 0; i < dimension; i++)
                    {
                        dot += column[i] * axes[i * dimension + place];
                    }
                    for (int i = 0; i < dimension; i++)
                    {
                        column[i] -= dot * axes[i * dimension + place];
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
            int target = order is null ? j : order[j];
            for (int i = 0; i < dimension; i++)
            {
                axes[i * dimension + target] = column[i] / length;
            }
        }
        return axes;
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
