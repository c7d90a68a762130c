using System.Diagnostics;
using Latent.Data;
using Latent.Families;
using Latent.Incomplete;
using Latent.IO;
using Latent.Numerics;

namespace Latent.Bench.Incomplete;

/// <summary>Time per iteration of the normal distribution of incomplete rows: a file where nearly every row is its own pattern, and a million rows of fifty patterns.</summary>
internal static class IncompleteTables
{
    public static int Run(string[] rest)
    {
        if (rest is [var path, ..])
        {
            using RowTable table = DataFiles.Read(path);
            Measure(Path.GetFileName(path), table.Rows);
        }
        Measure("1,000,000 × 20, 50 patterns", FiftyPatterns(1_000_000, 20));
        return 0;
    }

    private static void Measure(string name, RowSource rows)
    {
        foreach (int threads in (int[])[1, 0])
        {
            double best = double.PositiveInfinity;
            TimeSpan grouping = TimeSpan.Zero;
            MultivariateNormalFit? fit = null;
            for (int repeat = 0; repeat < 3; repeat++)
            {
                long start = Stopwatch.GetTimestamp();
                MultivariateNormalOptions options = new()
                {
                    Threads = threads,
                    Acceleration = Accelerator.None,
                    Stopping = StoppingRule.Never,
                    MaxIterations = 60,
                    CovarianceFloor = 0,
                };
                fit = MultivariateNormal.Fit(rows, options);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds - fit.GroupingTime.TotalSeconds;
                best = Math.Min(best, seconds / fit.Result.Evaluations);
                grouping = fit.GroupingTime;
            }
            Console.WriteLine($"{name}, {(threads == 0 ? Environment.ProcessorCount : threads)} threads: {1000 * best:F3} ms per iteration, {fit!.Patterns.Count} patterns, grouping {grouping.TotalMilliseconds:F0} ms, log-likelihood {fit.LogLikelihood:R}");
        }
    }

    private static RowSource FiftyPatterns(int count, int columns)
    {
        RandomGenerator random = new(7);
        bool[][] masks = [.. Enumerable.Range(0, 50).Select(pattern => Enumerable.Range(0, columns).Select(_ => pattern > 0 && random.NextDouble() < 0.2).ToArray())];
        double[] covariance = new double[columns * columns];
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                covariance[i * columns + j] = Math.Pow(0.7, Math.Abs(i - j));
            }
        }
        Gaussian normal = new(new double[columns], covariance);
        double[] values = new double[count * columns];
        for (int row = 0; row < count; row++)
        {
            Span<double> cells = values.AsSpan(row * columns, columns);
            normal.Sample(random, cells);
            bool[] mask = masks[random.NextInt64(50)];
            for (int column = 0; column < columns; column++)
            {
                cells[column] = mask[column] ? double.NaN : cells[column];
            }
        }
        return RowSource.From(values, columns);
    }
}
