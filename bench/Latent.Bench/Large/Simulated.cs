using Latent.Data;
using Latent.Families;
using Latent.Numerics;

namespace Latent.Bench.Large;

/// <summary>Rows of a mixture of Gaussians with overlapping components.</summary>
internal static class Simulated
{
    public const int Columns = 16;

    /// <summary>Categories of an item.</summary>
    public const int Levels = 4;

    /// <summary>Components of equal weight, each with columns that are independent: log-rates or log-odds of so many standard deviations about 1 or 0; the same rows for the same arguments.</summary>
    public static RowSource Rows(int rows, int columns, int components, bool counts, double separation)
    {
        RandomGenerator random = new(17);
        Distribution[][] cells = [.. Enumerable.Range(0, components).Select(_ => (Distribution[])[.. Enumerable.Range(0, columns).Select(_ => Cell())])];
        double[] values = new double[rows * columns];
        (PoissonFamily count, CategoricalFamily item) = (new(), new(Levels));
        for (int row = 0; row < rows; row++)
        {
            Distribution[] own = cells[random.NextInt64(components)];
            for (int j = 0; j < columns; j++)
            {
                Span<double> cell = values.AsSpan(row * columns + j, 1);
                if (counts)
                {
                    count.Sample((Poisson)own[j], random, cell);
                }
                else
                {
                    item.Sample((Categorical)own[j], random, cell);
                }
            }
        }
        return RowSource.From(values, columns);

        Distribution Cell()
        {
            double[] powers = [.. Enumerable.Range(0, Levels).Select(_ => Math.Exp(separation * random.NextGaussian()))];
            return counts ? new Poisson(Math.E * powers[0]) : new Categorical(powers);
        }
    }

    /// <summary>Independent Poisson counts, or items of <see cref="Levels"/> categories.</summary>
    public static ProductFamily Family(int columns, bool counts) =>
        new(Enumerable.Range(0, columns).Select(_ => counts ? ProductPart.Of(new PoissonFamily()) : ProductPart.Of(new CategoricalFamily(Levels))));

    /// <summary>Components of equal weight, centers at so many standard deviations, covariances of their own; the same rows for the same arguments.</summary>
    public static RowSource Rows(int rows, int components, bool full, double separation, int columns = Columns)
    {
        RandomGenerator random = new(17);
        double[][] means = [.. Enumerable.Range(0, components).Select(_ => (double[])[.. Enumerable.Range(0, columns).Select(_ => separation * random.NextGaussian())])];
        double[][] maps = [.. Enumerable.Range(0, components).Select(_ => (double[])[.. Enumerable.Range(0, columns * columns).Select(_ => 0.4 * random.NextGaussian())])];
        double[] values = new double[rows * columns];
        double[] normal = new double[columns];
        for (int row = 0; row < rows; row++)
        {
            int k = (int)random.NextInt64(components);
            for (int j = 0; j < columns; j++)
            {
                normal[j] = random.NextGaussian();
            }
            for (int j = 0; j < columns; j++)
            {
                double value = means[k][j] + (full ? normal[j] : Math.Exp(maps[k][j]) * normal[j]);
                for (int l = 0; l < j && full; l++)
                {
                    value += maps[k][j * columns + l] * normal[l];
                }
                values[row * columns + j] = value;
            }
        }
        return RowSource.From(values, columns);
    }
}
