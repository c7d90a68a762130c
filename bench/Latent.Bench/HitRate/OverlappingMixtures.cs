using Latent.Data;
using Latent.Numerics;

namespace Latent.Bench.HitRate;

/// <summary>One data set of the suite.</summary>
/// <param name="Shape">Columns and components.</param>
/// <param name="Components">K: of the mixture that drew it, and of those fitted to it.</param>
/// <param name="Rows">The rows.</param>
internal sealed record SuiteCase(string Shape, int Components, RowSource Rows);

/// <summary>
/// Thirty data sets drawn from mixtures of Gaussians that overlap, ten of each of three shapes: weights 0.5 + U up to their sum, means
/// N(0, s²·I), covariances A·Aᵀ/d + 0.05·I of standard normal A, 500 to 600 rows. All from fixed seeds, so that every run and every peer sees the same.
/// </summary>
internal static class OverlappingMixtures
{
    private const int PerShape = 10;

    private static readonly (int Columns, int Components, double Spread)[] _shapes = [(2, 5, 2.0), (4, 5, 1.5), (6, 6, 1.3)];

    public static IEnumerable<SuiteCase> All()
    {
        foreach ((int columns, int components, double spread) in _shapes)
        {
            for (int index = 0; index < PerShape; index++)
            {
                RandomGenerator random = new((ulong)(1000 * columns + index), 7);
                yield return new SuiteCase($"d {columns}, K {components}", components, Draw(columns, components, spread, random));
            }
        }
    }

    private static RowSource Draw(int columns, int components, double spread, RandomGenerator random)
    {
        int rows = 500 + (int)random.NextInt64(101);
        double[] weights = new double[components];
        double[][] means = new double[components][];
        double[][] factors = new double[components][];
        for (int k = 0; k < components; k++)
        {
            weights[k] = 0.5 + random.NextDouble();
            means[k] = Normals(columns, spread, random);
            double[] loadings = Normals(columns * columns, 1 / Math.Sqrt(columns), random);
            double[] covariance = new double[columns * columns];
            for (int i = 0; i < columns; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    double sum = i == j ? 0.05 : 0;
                    for (int l = 0; l < columns; l++)
                    {
                        sum += loadings[i * columns + l] * loadings[j * columns + l];
                    }
                    covariance[i * columns + j] = sum;
                }
            }
            Cholesky.Factor(covariance, columns);
            factors[k] = covariance;
        }
        double total = weights.Sum();
        double[] values = new double[rows * columns];
        double[] moved = new double[columns];
        for (int row = 0; row < rows; row++)
        {
            double uniform = random.NextDouble() * total;
            int component = 0;
            while (component < components - 1 && (uniform -= weights[component]) >= 0)
            {
                component++;
            }
            Cholesky.Multiply(factors[component], Normals(columns, 1, random), moved);
            for (int column = 0; column < columns; column++)
            {
                values[row * columns + column] = means[component][column] + moved[column];
            }
        }
        return RowSource.From(values, columns);
    }

    private static double[] Normals(int count, double scale, RandomGenerator random)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = scale * random.NextGaussian();
        }
        return values;
    }
}
