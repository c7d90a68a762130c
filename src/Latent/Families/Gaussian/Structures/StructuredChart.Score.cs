using Latent.Numerics;

namespace Latent.Families;

/// <content>Gradients by the numbers of a chart.</content>
internal static partial class StructuredChart
{
    /// <summary>The gradient by the numbers of <see cref="WriteValues"/>, from that by each logarithm.</summary>
    public static void WriteValuesScore(CovarianceDecomposition structure, double[][] byLogs, Span<double> score)
    {
        int columns = byLogs[0].Length;
        int first = Own(structure, 0, columns);
        score[..first].Clear();
        int index = first;
        for (int k = 0; k < byLogs.Length; k++)
        {
            int own = Own(structure, k, columns);
            double[] row = byLogs[k];
            if (structure.Shape == CovarianceSharing.Identity)
            {
                score[own == 0 || k == 0 ? 0 : index] = (own == 0 ? score[0] : 0) + row.Sum();
            }
            else if (structure.HasCommonShape)
            {
                for (int j = 0; j < columns; j++)
                {
                    score[j] += row[j];
                }
                if (k > 0 && own > 0)
                {
                    score[index] = row.Sum();
                }
            }
            else
            {
                for (int j = 0; j < columns; j++)
                {
                    if (k == 0 || own < columns)
                    {
                        score[j] += k == 0 ? row[j] : row[^1];
                    }
                    if (k > 0 && j < own)
                    {
                        score[index + j] = row[j] - (own < columns ? row[^1] : 0);
                    }
                }
            }
            index += k == 0 ? 0 : own;
        }
    }

    /// <summary>The gradient by S of <see cref="WriteTurn"/>, from H, half that by infinitesimal turns Ω = −½(I + R)ᵀ·dS·(I + R).</summary>
    public static void WriteTurnScore(double[] turns, ReadOnlySpan<double> point, int dimension, Span<double> score)
    {
        double[] unit = SquareMatrix.Unit(dimension);
        double[] sum = Combined(unit, ReadTurn(point, unit, dimension)!, 1);
        double[] gradient = SquareMatrix.Multiply(SquareMatrix.Multiply(sum, turns, dimension), SquareMatrix.Transpose(sum, dimension), dimension);
        int index = 0;
        for (int i = 1; i < dimension; i++)
        {
            for (int j = 0; j < i; j++)
            {
                score[index++] = -0.5 * (gradient[i * dimension + j] - gradient[j * dimension + i]);
            }
        }
    }

    /// <summary>The gradient by L of <see cref="WriteAxes"/>, L = D·U: an infinitesimal turn has the strict lower triangle of Dᵀ·dL·U⁻¹.</summary>
    public static void WriteAxesScore(double[] turns, ReadOnlySpan<double> point, double[] axes, int dimension, Span<double> score)
    {
        double[] lower = SquareMatrix.Unit(dimension);
        double[] below = new double[dimension * dimension];
        for (int i = 1; i < dimension; i++)
        {
            for (int j = 0; j < i; j++)
            {
                lower[i * dimension + j] = point[i * (i - 1) / 2 + j];
                below[i * dimension + j] = 2 * turns[i * dimension + j];
            }
        }
        double[] upper = SquareMatrix.TransposeMultiply(axes, lower, dimension);
        double[] gradient = SquareMatrix.Solve(upper, SquareMatrix.Transpose(SquareMatrix.Multiply(axes, below, dimension), dimension), dimension).Solution;
        for (int i = 1; i < dimension; i++)
        {
            for (int j = 0; j < i; j++)
            {
                score[i * (i - 1) / 2 + j] = gradient[j * dimension + i];
            }
        }
    }
}
