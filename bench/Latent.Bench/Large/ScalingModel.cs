using System.Diagnostics;
using System.Globalization;
using Latent.Data;
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
        double mean = chunks.Average();
        // As in the reduction: slots of one level of the tree, of which a rank has its share; above them the owner of a right child sends to that of the left, and the root goes to all.
        int slots = (int)Math.Min(Math.Min(16384, System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)count)), System.Numerics.BitOperations.RoundUpToPowerOf2((uint)ranks * 16));
        int rounds = System.Numerics.BitOperations.Log2(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)ranks));
        double[] time = new double[ranks];
        double transfer = latency + statistic / bytesPerSecond;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            for (int rank = 0; rank < ranks; rank++)
            {
                long own = (count * Edge(rank + 1, ranks, slots) / slots) - (count * Edge(rank, ranks, slots) / slots);
                double sum = 0;
                int drawn = (int)Math.Min(own, 64);
                for (int chunk = 0; chunk < drawn; chunk++)
                {
                    sum += chunks[random.NextInt64(chunks.Length)];
                }
                // The mean of a few stands for all, whose own mean scatters less.
                time[rank] += drawn > 0 ? own * (mean + (sum / drawn - mean) * Math.Sqrt((double)drawn / own)) : 0;
            }
            int[] owners = [.. Enumerable.Range(0, slots).Select(slot => (int)((long)slot * ranks / slots))];
            for (int width = slots / 2; width > 0; width /= 2)
            {
                for (int node = 0; node < width; node++)
                {
                    (int left, int right) = (owners[2 * node], owners[2 * node + 1]);
                    if (left != right)
                    {
                        time[left] = Math.Max(time[left], time[right]) + transfer;
                    }
                    owners[node] = left;
                }
            }
            // A broadcast by a binomial tree, after which every rank makes the same M-step.
            for (int rank = ranks - 1; rank >= 0; rank--)
            {
                time[rank] = time[0] + (rank == 0 ? 0 : System.Numerics.BitOperations.Log2((uint)rank) + 1) * transfer + maximize;
            }
            time[0] += Math.Min(1, rounds) * transfer;
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
