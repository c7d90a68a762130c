using Latent.Kernels;

namespace Latent.Mixtures.Starts;

/// <summary>The longest axis of weighted rows, and what a cut across it promises.</summary>
/// <param name="Mean">The weighted mean.</param>
/// <param name="Direction">A unit vector; zero where the rows do not spread.</param>
/// <param name="Promise">n·log s − n₁·log s₁ − n₂·log s₂ with the deviations s along the axis of all rows and of those on either side: large where they form two groups.</param>
internal sealed record PrincipalAxis(double[] Mean, double[] Direction, double Promise)
{
    private const int PowerIterations = 30;

    /// <summary>Columns up to which the scatter of the rows is summed once; with more, each step goes over the rows.</summary>
    private const int MostScattered = 32;

    /// <summary>By power iteration from the column of most variance: enough for a direction to cut across.</summary>
    public static PrincipalAxis Of(double[] rows, double[] weights, int columns)
    {
        double[] mean = new double[columns];
        double total = 0;
        for (int row = 0; row < weights.Length; row++)
        {
            total += weights[row];
            AddTo(mean, weights[row], rows.AsSpan(row * columns, columns));
        }
        for (int column = 0; column < columns; column++)
        {
            mean[column] /= total;
        }
        double[] direction = new double[columns];
        direction[Widest(rows, weights, mean)] = 1;
        double[]? scatter = columns <= MostScattered ? Scatter(rows, weights, mean) : null;
        for (int iteration = 0; iteration < PowerIterations && columns > 1; iteration++)
        {
            double[] next = scatter is null ? Stretched(rows, weights, mean, direction) : Product(scatter, direction);
            double square = 0;
            foreach (double value in next)
            {
                square += value * value;
            }
            if (!(square > 0))
            {
                break;
            }
            double length = Math.Sqrt(square);
            for (int column = 0; column < columns; column++)
            {
                direction[column] = next[column] / length;
            }
        }
        return new PrincipalAxis(mean, direction, Gain(rows, weights, mean, direction));
    }

    private static int Widest(double[] rows, double[] weights, double[] mean)
    {
        double[] variance = new double[mean.Length];
        for (int row = 0; row < weights.Length; row++)
        {
            for (int column = 0; column < mean.Length && weights[row] > 0; column++)
            {
                double deviation = rows[row * mean.Length + column] - mean[column];
                variance[column] += weights[row] * deviation * deviation;
            }
        }
        return Array.IndexOf(variance, variance.Max());
    }

    private static double[] Scatter(double[] rows, double[] weights, double[] mean)
    {
        int columns = mean.Length;
        double[] scatter = new double[columns * columns];
        for (int row = 0; row < weights.Length; row++)
        {
            ReadOnlySpan<double> values = rows.AsSpan(row * columns, columns);
            for (int i = 0; i < columns && weights[row] > 0; i++)
            {
                double scaled = weights[row] * (values[i] - mean[i]);
                for (int j = 0; j <= i; j++)
                {
                    scatter[i * columns + j] += scaled * (values[j] - mean[j]);
                }
            }
        }
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < i; j++)
            {
                scatter[j * columns + i] = scatter[i * columns + j];
            }
        }
        return scatter;
    }

    private static double[] Product(double[] scatter, double[] direction)
    {
        double[] next = new double[direction.Length];
        for (int i = 0; i < next.Length; i++)
        {
            AddTo(next, direction[i], scatter.AsSpan(i * next.Length, next.Length));
        }
        return next;
    }

    private static double[] Stretched(double[] rows, double[] weights, double[] mean, double[] direction)
    {
        double[] next = new double[mean.Length];
        for (int row = 0; row < weights.Length; row++)
        {
            if (weights[row] > 0)
            {
                ReadOnlySpan<double> values = rows.AsSpan(row * mean.Length, mean.Length);
                double place = weights[row] * Projection(values, mean, direction);
                for (int column = 0; column < next.Length; column++)
                {
                    next[column] += place * (values[column] - mean[column]);
                }
            }
        }
        return next;
    }

    private static double Gain(double[] rows, double[] weights, double[] mean, double[] direction)
    {
        Span<double> sums = stackalloc double[9];
        sums.Clear();
        for (int row = 0; row < weights.Length; row++)
        {
            double weight = weights[row];
            if (!(weight > 0))
            {
                continue;
            }
            double place = Projection(rows.AsSpan(row * mean.Length, mean.Length), mean, direction);
            int side = place > 0 ? 3 : 6;
            (double first, double second) = (weight * place, weight * place * place);
            (sums[0], sums[1], sums[2]) = (sums[0] + weight, sums[1] + first, sums[2] + second);
            (sums[side], sums[side + 1], sums[side + 2]) = (sums[side] + weight, sums[side + 1] + first, sums[side + 2] + second);
        }
        // A group without spread counts as one of a thousandth of the axis: it promises much, not all.
        double floor = 1e-6 * sums[2] / sums[0];
        return Spread(sums[..3], floor) - Spread(sums[3..6], floor) - Spread(sums[6..], floor);
    }

    private static double Spread(ReadOnlySpan<double> sums, double floor)
    {
        if (!(sums[0] > 0))
        {
            return 0;
        }
        double centre = sums[1] / sums[0];
        double variance = Math.Max(floor, sums[2] / sums[0] - centre * centre);
        return variance > 0 ? 0.5 * sums[0] * Elementary.Log(variance) : 0;
    }

    private static double Projection(ReadOnlySpan<double> row, double[] mean, double[] direction)
    {
        double sum = 0;
        for (int column = 0; column < direction.Length; column++)
        {
            sum += (row[column] - mean[column]) * direction[column];
        }
        return sum;
    }

    private static void AddTo(double[] target, double factor, ReadOnlySpan<double> values)
    {
        for (int column = 0; column < target.Length; column++)
        {
            target[column] += factor * values[column];
        }
    }
}
