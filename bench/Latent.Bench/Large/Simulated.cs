using Latent.Data;
using Latent.Numerics;

namespace Latent.Bench.Large;

/// <summary>Rows of a mixture of Gaussians with overlapping components.</summary>
internal static class Simulated
{
    public const int Columns = 16;

    /// <summary>Components of equal weight, centers at so many standard deviations, covariances of their own; the same rows for the same arguments.</summary>
    public static RowSource Rows(int rows, int components, bool full, double separation)
    {
        RandomGenerator random = new(17);
        double[][] means = [.. Enumerable.Range(0, components).Select(_ => (double[])[.. Enumerable.Range(0, Columns).Select(_ => separation * random.NextGaussian())])];
        double[][] maps = [.. Enumerable.Range(0, components).Select(_ => (double[])[.. Enumerable.Range(0, Columns * Columns).Select(_ => 0.4 * random.NextGaussian())])];
        double[] values = new double[rows * Columns];
        double[] normal = new double[Columns];
        for (int row = 0; row < rows; row++)
        {
            int k = (int)random.NextInt64(components);
            for (int j = 0; j < Columns; j++)
            {
                normal[j] = random.NextGaussian();
            }
            for (int j = 0; j < Columns; j++)
            {
                double value = means[k][j] + (full ? normal[j] : Math.Exp(maps[k][j]) * normal[j]);
                for (int l = 0; l < j && full; l++)
                {
                    value += maps[k][j * Columns + l] * normal[l];
                }
                values[row * Columns + j] = value;
            }
        }
        return RowSource.From(values, Columns);
    }
}
