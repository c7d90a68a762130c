namespace Latent.Testing;

/// <summary>Random data with known parameters, by the textbook's own recipe.</summary>
public static class Simulate
{
    /// <summary>A standard normal number (Box–Muller).</summary>
    public static double Normal(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>A Poisson count (Knuth's products, for rates up to some hundreds).</summary>
    public static int Poisson(Random random, double rate)
    {
        ArgumentNullException.ThrowIfNull(random);
        double limit = Math.Exp(-rate);
        int count = -1;
        for (double product = 1; product >= limit; product *= random.NextDouble())
        {
            count++;
        }
        return count;
    }

    /// <summary>An index drawn with the given probabilities.</summary>
    public static int Index(Random random, ReadOnlySpan<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(random);
        double left = random.NextDouble();
        for (int index = 0; index < probabilities.Length - 1; index++)
        {
            left -= probabilities[index];
            if (left < 0)
            {
                return index;
            }
        }
        return probabilities.Length - 1;
    }

    /// <summary>Positive probabilities that sum to one, uniform on the simplex.</summary>
    public static double[] Probabilities(Random random, int count)
    {
        ArgumentNullException.ThrowIfNull(random);
        double[] gaps = [.. Enumerable.Range(0, count).Select(_ => -Math.Log(1 - random.NextDouble()) + 1e-3)];
        double sum = gaps.Sum();
        return [.. gaps.Select(gap => gap / sum)];
    }

    /// <summary>A covariance A·Aᵀ/d + ½I with standard normal A: well conditioned.</summary>
    public static double[,] Covariance(Random random, int columns)
    {
        double[,] factor = new double[columns, columns];
        for (int row = 0; row < columns; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                factor[row, column] = Normal(random);
            }
        }
        double[,] covariance = new double[columns, columns];
        for (int row = 0; row < columns; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                for (int inner = 0; inner < columns; inner++)
                {
                    covariance[row, column] += factor[row, inner] * factor[column, inner] / columns;
                }
            }
            covariance[row, row] += 0.5;
        }
        return covariance;
    }

    /// <summary>Rows of a Gaussian mixture, row-major, and the component that made each.</summary>
    public static (double[] Values, int[] Labels) GaussianMixture(Random random, int rows, double[] weights, double[][] means, double[][,] covariances)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(covariances);
        int columns = means[0].Length;
        double[][,] factors = [.. covariances.Select(NaiveGaussianMixture.Cholesky)];
        double[] values = new double[rows * columns];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            int component = labels[row] = Index(random, weights);
            double[] normals = [.. Enumerable.Range(0, columns).Select(_ => Normal(random))];
            for (int column = 0; column < columns; column++)
            {
                double value = means[component][column];
                for (int inner = 0; inner <= column; inner++)
                {
                    value += factors[component][column, inner] * normals[inner];
                }
                values[row * columns + column] = value;
            }
        }
        return (values, labels);
    }
}
