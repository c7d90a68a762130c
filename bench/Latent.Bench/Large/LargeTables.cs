using System.Diagnostics;
using System.Globalization;
using System.Text;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Bench.Large;

/// <summary>A pass of a diagonal mixture over a mapped file beside one over memory, and the rate at which text is read.</summary>
internal static class LargeTables
{
    private const int Columns = 25;
    private const int Components = 8;
    private const int RowsInMemory = 2_000_000;
    private const int Rounds = 7;

    /// <summary>Rows per second of an E-step, K = 8, from a mapped file of so many rows and from memory.</summary>
    public static int Mapped(string folder, long rows)
    {
        string path = Path.Join(folder, "large.npy");
        try
        {
            WriteArray(path, rows);
            double[] values = new double[RowsInMemory * Columns];
            Fill(values, new RandomGenerator(3));
            RowSource held = RowSource.From(values, Columns);
            using RowTable table = DataFiles.Read(path, new DataOptions { Memory = 1_000_000_000 });
            double cold = Rate(table.Rows);
            // In turns, so that what else the machine does falls on both.
            (double Mapped, double Memory)[] rounds = [.. Enumerable.Range(0, Rounds).Select(_ => (Rate(table.Rows), Enumerable.Range(0, (int)Math.Max(1, rows / RowsInMemory)).Average(_ => Rate(held))))];
            double[] shares = [.. rounds.Select(round => round.Mapped / round.Memory).Order()];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:n0} rows × {Columns} float64, {MemoryBudget.Describe(table.Storage.Bytes)}; diagonal mixture, K = {Components}, {Environment.ProcessorCount} threads"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first pass {cold / 1e6:f1}, best of {Rounds} others {rounds.Max(round => round.Mapped) / 1e6:f1}, in memory {rounds.Max(round => round.Memory) / 1e6:f1} million rows per second; mapped over memory in pairs {shares[0]:p0} to {shares[^1]:p0}, median {shares[Rounds / 2]:p0}; peak memory, {MemoryBudget.Describe(values.Length * (long)sizeof(double))} in memory included, {MemoryBudget.Describe(PeakMemory())}"));
            return 0;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Bytes per second of reading a file of numbers into a temporary file, beside <c>wc -l</c> and pandas.</summary>
    public static int Text(string folder, long bytes)
    {
        string path = Path.Join(folder, "large.csv");
        try
        {
            WriteText(path, bytes);
            long size = new FileInfo(path).Length;
            double wc = Run("wc", "-l", path);
            double pandas = Run("python3", "-c", $"import pandas; pandas.read_csv('{path}', engine='c')");
            double arrow = Run("python3", "-c", $"import pandas; pandas.read_csv('{path}', engine='pyarrow')");
            long begin = Stopwatch.GetTimestamp();
            using (RowTable table = DataFiles.Read(path, new DataOptions { Memory = 500_000_000 }))
            {
                double own = Stopwatch.GetElapsedTime(begin).TotalSeconds;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{MemoryBudget.Describe(size)} of CSV, {table.RowCount:n0} rows × {Columns}, MB per second: latent {size / own / 1e6:f0} ({table.Storage.Place}), wc -l {size / wc / 1e6:f0}, pandas {size / pandas / 1e6:f0}, pandas with pyarrow {size / arrow / 1e6:f0}; peak memory {MemoryBudget.Describe(PeakMemory())}"));
            }
            return 0;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Rows per second of an E-step.</summary>
    private static double Rate(RowSource rows)
    {
        MixtureModel<DiagonalGaussian> model = new(new DiagonalGaussianFamily(Columns), Components, Columns);
        double[] ones = new double[Columns];
        Array.Fill(ones, 1.0);
        double[] weights = new double[Components];
        Array.Fill(weights, 1.0);
        Mixture<DiagonalGaussian> start = new(weights, [.. Enumerable.Range(0, Components).Select(k => new DiagonalGaussian([.. Enumerable.Range(0, Columns).Select(j => Mean(k, j))], ones))]);
        long begin = Stopwatch.GetTimestamp();
        Em.Fit(model, rows, start, new EmOptions { MaxIterations = 0, Acceleration = Accelerator.None });
        return rows.Rows / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static double Mean(int k, int j) => 1.5 * (((k * 7 + j * 3) % 11) - 5) / 5.0;

    // A block of rows over and over: what is measured does not depend on their being new.
    private static void Fill(Span<double> values, RandomGenerator random)
    {
        int block = Math.Min(values.Length, 100_000 * Columns);
        for (int row = 0; row < block / Columns; row++)
        {
            int k = (int)random.NextInt64(Components);
            for (int j = 0; j < Columns; j++)
            {
                values[row * Columns + j] = Mean(k, j) + random.NextGaussian();
            }
        }
        for (int done = block; done < values.Length; done += block)
        {
            values[..Math.Min(block, values.Length - done)].CopyTo(values[done..]);
        }
    }

    private static void WriteArray(string path, long rows)
    {
        double[] block = new double[100_000 * Columns];
        Fill(block, new RandomGenerator(3));
        using FileStream stream = File.Create(path);
        using MemoryStream head = new();
        NpyWriter.Write(head, RowSource.From(block.AsMemory(0, Columns), Columns));
        byte[] header = head.ToArray()[..^(Columns * sizeof(double))];
        string text = Encoding.ASCII.GetString(header, 10, header.Length - 10).TrimEnd().Replace("(1,", $"({rows},", StringComparison.Ordinal);
        Encoding.ASCII.GetBytes(text.PadRight(header.Length - 11) + "\n", header.AsSpan(10));
        stream.Write(header);
        for (long row = 0; row < rows; row += 100_000)
        {
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(block.AsSpan(0, (int)Math.Min(100_000, rows - row) * Columns)));
        }
    }

    private static void WriteText(string path, long bytes)
    {
        double[] block = new double[20_000 * Columns];
        Fill(block, new RandomGenerator(3));
        StringBuilder text = new();
        for (int row = 0; row < block.Length / Columns; row++)
        {
            text.AppendJoin(',', Enumerable.Range(0, Columns).Select(j => block[row * Columns + j].ToString("F6", CultureInfo.InvariantCulture))).Append('\n');
        }
        byte[] lines = Encoding.ASCII.GetBytes(text.ToString());
        using FileStream stream = File.Create(path);
        stream.Write(Encoding.ASCII.GetBytes(string.Join(',', Enumerable.Range(1, Columns).Select(j => $"c{j}")) + "\n"));
        while (stream.Length < bytes)
        {
            stream.Write(lines);
        }
    }

    private static double Run(string program, params string[] arguments)
    {
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(begin).TotalSeconds : double.NaN;
    }

    private static long PeakMemory()
    {
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
