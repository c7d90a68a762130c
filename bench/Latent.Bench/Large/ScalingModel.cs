using System.Diagnostics;
using System.Globalization;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Bench.Large;

/// <summary>
/// The time of an iteration on many processes, simulated message by message from what one core was measured to do: every rank sums its chunks, whose times scatter as the measured ones do, joins the
/// slots of the tree by recursive doubling, and makes the M-step.
/// </summary>
internal static class ScalingModel
{
    private const int Components = 32;
    private const int Iterations = 40;

    private static readonly (string Name, double Latency, double BytesPerSecond)[] _networks = [("InfiniBand, 2 µs, 10 GB/s", 2e-6, 10e9), ("Ethernet, 50 µs, 1.25 GB/s", 50e-6, 1.25e9), ("Ethernet, 200 µs, 0.125 GB/s", 200e-6, 0.125e9)];

    /// <summary>A table of efficiencies for so many rows in all.</summary>
    public static int Run(long rows)
    {
        RowSource sample = Simulated.Rows(200 * RowSource.ChunkRows, Components, full: true, 1);
        MixtureModel<Gaussian> model = new(new FullGaussianFamily(Simulated.Columns), Components, Simulated.Columns);
        Mixture<Gaussian> parameters = Start(sample);
        double[] statistic = new double[model.StatisticLength];
        double[] chunks = new double[sample.ChunkCount];
        for (int turn = 0; turn < 2; turn++)
        {
            for (int index = 0; index < chunks.Length; index++)
            {
                long begin = Stopwatch.GetTimestamp();
                model.Expect(parameters, sample.GetChunk(index), statistic);
                chunks[index] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            }
        }
        double maximize = Best(() => model.Maximize(statistic, parameters));
        Array.Sort(chunks);
        // The slowest tenth was interrupted by others, which a cluster's nodes are not.
        chunks = chunks[..(chunks.Length * 9 / 10)];
        double mean = chunks.Average();
        long count = (rows + RowSource.ChunkRows - 1) / RowSource.ChunkRows;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows:n0} rows × {Simulated.Columns}, K = {Components}, full: {1e3 * mean:f2} ms per chunk of {RowSource.ChunkRows} rows and core, {1e3 * maximize:f2} ms per M-step, {model.StatisticLength * sizeof(double) / 1e3:f0} kB per statistic"));
        Console.WriteLine("| processes | " + string.Join(" | ", _networks.Select(network => network.Name)) + " |");
        Console.WriteLine("|--:|" + string.Concat(_networks.Select(_ => "--:|")));
        double alone = count * mean + maximize;
        foreach (int ranks in (int[])[1, 2, 8, 32, 100, 256, 512, 1000, 2000])
        {
            IEnumerable<double> efficiencies = _networks.Select(network => alone / (ranks * Iteration(ranks, count, chunks, maximize, (model.StatisticLength + 1) * sizeof(double), network.Latency, network.BytesPerSecond)));
            Console.WriteLine($"| {ranks} | " + string.Join(" | ", efficiencies.Select(value => string.Create(CultureInfo.InvariantCulture, $"{100 * value:f1} %"))) + " |");
        }
        return 0;
    }

    /// <summary>The mean time of an iteration: ranks begin one when they have ended the last, and a message leaves when both ends are ready.</summary>
    private static double Iteration(int ranks, long count, double[] chunks, double maximize, double statistic, double latency, double bytesPerSecond)
    {
        RandomGenerator random = new(5);
        // Slots of one level of the tree, at most four to eight per rank and no more than there are leaves, as in the reduction.
        int slots = (int)Math.Min(1024, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)ranks * 4));
        double message = slots * statistic;
        double[] time = new double[ranks], next = new double[ranks];
        int rounds = System.Numerics.BitOperations.Log2(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)ranks));
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            for (int rank = 0; rank < ranks; rank++)
            {
                // A rank has whole slots, and these whole leaves.
                long first = count * Edge(rank, ranks, slots) / slots, last = count * Edge(rank + 1, ranks, slots) / slots;
                double spread = 0;
                long own = last - first;
                int drawn = (int)Math.Min(own, 64);
                for (int chunk = 0; chunk < drawn; chunk++)
                {
                    spread += chunks[random.NextInt64(chunks.Length)];
                }
                time[rank] += drawn > 0 ? spread / drawn * own : 0;
            }
            // Reduce-scatter and all-gather by recursive halving and doubling: 2·log₂P rounds, 2·m bytes in all.
            for (int round = 0; round < 2 * rounds; round++)
            {
                int level = round < rounds ? rounds - 1 - round : round - rounds;
                double bytes = message / (1 << (rounds - level));
                for (int rank = 0; rank < ranks; rank++)
                {
                    int other = rank ^ (1 << level);
                    next[rank] = other < ranks ? Math.Max(time[rank], time[other]) + latency + bytes / bytesPerSecond : time[rank];
                }
                (time, next) = (next, time);
            }
            for (int rank = 0; rank < ranks; rank++)
            {
                time[rank] += maximize;
            }
        }
        return time.Max() / Iterations;
    }

    private static long Edge(int rank, int ranks, int slots) => ((long)rank * slots + ranks - 1) / ranks;

    private static double Best(Action action)
    {
        double best = double.PositiveInfinity;
        for (int turn = 0; turn < 20; turn++)
        {
            long begin = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }
        return best;
    }

    private static Mixture<Gaussian> Start(RowSource rows)
    {
        double[] equal = new double[Components], ones = new double[Simulated.Columns];
        Array.Fill(equal, 1.0);
        Array.Fill(ones, 2.0);
        return new Mixture<Gaussian>(equal, [.. Enumerable.Range(0, Components).Select(k => new Gaussian(rows.GetRows(1000 * k, 1).Values.ToArray(), Covariance.FromVariances(ones)))]);
    }
}
