using Latent.Kernels;

namespace Latent.Mixtures.Starts;

/// <summary>The longest axis of weighted rows, and what a cut across it promises.</summary>
/// <param name="Mean">The weighted mean.</param>
/// <param name="Direction">A unit vector; zero where the rows do not spread.</param>
/// <param name="Promise">n·log s − n₁·log s₁ − n₂·log s₂ with the deviations s along the axis of all rows and of those on either side: large where they form two groups.</param>
internal sealed record PrincipalAxis(double[] Mean, double[] Direction, double Promise)
{
    private const int PowerIterations = 30;

    /// <summary>By power iteration from the column of most variance: O(rows × columns) a step, enough for a direction to cut across.</summary>
    public static PrincipalAxis Of(double[] rows, double[] weights, int columns)
    {
        double total = weights.Sum();
        double[] mean = new double[columns];
        double[] variance = new double[columns];
        Visit(rows, weights, columns, (row, weight) =>
        {
            for (int column = 0; column < columns; column++)
            {
                mean[column] += weight / total * row[column];
            }
        });
        Visit(rows, weights, columns, (row, weight) =>
        {
            for (int column = 0; column < columns; column++)
            {
                variance[column] += weight / total * (row[column] - mean[column]) * (row[column] - mean[column]);
            }
        });
        double[] direction = new double[columns];
        direction[Array.IndexOf(variance, variance.Max())] = 1;
        for (int iteration = 0; iteration < PowerIterations && columns > 1; iteration++)
        {
            double[] next = new double[columns];
            double[] current = direction;
            Visit(rows, weights, columns, (row, weight) =>
            {
                double projection = weight * Projection(row, mean, current);
                for (int column = 0; column < columns; column++)
                {
                    next[column] += projection * (row[column] - mean[column]);
                }
            });
            double length = Math.Sqrt(next.Sum(value => value * value));
            if (!(length > 0))
            {
                break;
            }
            direction = Array.ConvertAll(next, value => value / length);
        }
        return new PrincipalAxis(mean, direction, Gain(rows, weights, columns, mean, direction));
    }

    private static double Gain(double[] rows, double[] weights, int columns, double[] mean, double[] direction)
    {
        double[] sums = new double[9];
        Visit(rows, weights, columns, (row, weight) =>
        {
            double projection = Projection(row, mean, direction);
            foreach (int group in (ReadOnlySpan<int>)[0, projection > 0 ? 3 : 6])
            {
                sums[group] += weight;
                sums[group + 1] += weight * projection;
                sums[group + 2] += weight * projection * projection;
            }
        });
        return Spread(0) - Spread(3) - Spread(6);

        double Spread(int group)
        {
            if (!(sums[group] > 0))
            {
                return 0;
            }
            double centre = sums[group + 1] / sums[group];
            // A group without spread counts as one of a thousandth of the axis: it promises much, not all.
            double floor = 1e-6 * sums[2] / sums[0];
            double variance = Math.Max(floor, sums[group + 2] / sums[group] - centre * centre);
            return variance > 0 ? 0.5 * sums[group] * Elementary.Log(variance) : 0;
        }
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

    private static void Visit(double[] rows, double[] weights, int columns, RowVisitor visit)
    {
        for (int row = 0; row < weights.Length; row++)
        {
            if (weights[row] > 0)
            {
                visit(rows.AsSpan(row * columns, columns), weights[row]);
            }
        }
    }

    private delegate void RowVisitor(ReadOnlySpan<double> row, double weight);
}
