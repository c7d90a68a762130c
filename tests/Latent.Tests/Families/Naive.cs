using Latent.Data;

namespace Latent.Tests.Families;

/// <summary>Textbook formulas for Gaussians, two passes, no tricks: the oracle of the families.</summary>
internal static class Naive
{
    /// <summary>Rows drawn at random, with structure and a given offset.</summary>
    public static double[] Rows(int rows, int columns, double offset, int seed)
    {
        Random random = new(seed);
        double[] values = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            double shared = random.NextDouble();
            for (int j = 0; j < columns; j++)
            {
                // Multiples of 2⁻²⁰ keep their digits at offsets up to 2³².
                double value = Math.Round((random.NextDouble() + random.NextDouble() - 1 + shared) * (j + 1) * 1048576) / 1048576;
                values[i * columns + j] = value + offset;
            }
        }
        return values;
    }

    public static RowTile Tile(double[] values, int columns, double[]? weights = null)
    {
        RowTile tile = new(columns);
        RowChunk chunk = new(values, columns, weights ?? ReadOnlyMemory<double>.Empty);
        tile.Load(chunk, 0, chunk.Rows);
        return tile;
    }

    /// <summary>A positive definite matrix.</summary>
    public static double[] Covariance(int columns, int seed)
    {
        Random random = new(seed);
        double[] root = [.. Enumerable.Range(0, columns * columns).Select(_ => random.NextDouble() - 0.5)];
        double[] matrix = new double[columns * columns];
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                for (int k = 0; k < columns; k++)
                {
                    matrix[i * columns + j] += root[i * columns + k] * root[j * columns + k];
                }
            }
            matrix[i * columns + i] += 0.3 + i;
        }
        return matrix;
    }

    /// <summary>log |A| and A⁻¹b by Gaussian elimination with pivoting.</summary>
    public static (double LogDeterminant, double[] Solution) Solve(double[] matrix, double[] right)
    {
        int d = right.Length;
        double[] a = [.. matrix];
        double[] b = [.. right];
        double logDeterminant = 0;
        for (int k = 0; k < d; k++)
        {
            int pivot = Enumerable.Range(k, d - k).MaxBy(i => Math.Abs(a[i * d + k]));
            for (int j = 0; j < d; j++)
            {
                (a[k * d + j], a[pivot * d + j]) = (a[pivot * d + j], a[k * d + j]);
            }
            (b[k], b[pivot]) = (b[pivot], b[k]);
            logDeterminant += Math.Log(Math.Abs(a[k * d + k]));
            for (int i = k + 1; i < d; i++)
            {
                double factor = a[i * d + k] / a[k * d + k];
                for (int j = k; j < d; j++)
                {
                    a[i * d + j] -= factor * a[k * d + j];
                }
                b[i] -= factor * b[k];
            }
        }
        for (int k = d - 1; k >= 0; k--)
        {
            for (int j = k + 1; j < d; j++)
            {
                b[k] -= a[k * d + j] * b[j];
            }
            b[k] /= a[k * d + k];
        }
        return (logDeterminant, b);
    }

    public static double LogDensity(ReadOnlySpan<double> x, ReadOnlySpan<double> mean, double[] covariance)
    {
        double[] deviation = new double[x.Length];
        for (int i = 0; i < deviation.Length; i++)
        {
            deviation[i] = x[i] - mean[i];
        }
        (double logDeterminant, double[] solved) = Solve(covariance, deviation);
        double square = 0;
        for (int i = 0; i < deviation.Length; i++)
        {
            square += deviation[i] * solved[i];
        }
        return -0.5 * (x.Length * Math.Log(2 * Math.PI) + logDeterminant + square);
    }

    /// <summary>Weighted mean and covariance about it (divided by the sum of the weights).</summary>
    public static (double[] Mean, double[] Covariance) Moments(double[] values, int columns, double[] weights)
    {
        double total = weights.Sum();
        double[] mean = new double[columns];
        double[] covariance = new double[columns * columns];
        int rows = values.Length / columns;
        for (int j = 0; j < columns; j++)
        {
            // About the first row, so that the oracle keeps its digits at large offsets.
            double first = values[j];
            mean[j] = first + Enumerable.Range(0, rows).Sum(i => weights[i] * (values[i * columns + j] - first)) / total;
        }
        for (int i = 0; i < rows; i++)
        {
            for (int a = 0; a < columns; a++)
            {
                for (int b = 0; b < columns; b++)
                {
                    covariance[a * columns + b] += weights[i] * (values[i * columns + a] - mean[a]) * (values[i * columns + b] - mean[b]) / total;
                }
            }
        }
        return (mean, covariance);
    }
}
