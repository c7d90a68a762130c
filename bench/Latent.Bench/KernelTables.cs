using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Latent.Data;
using Latent.Families;
using Latent.Kernels;

namespace Latent.Bench;

/// <summary>Cycles of the kernels on this processor, one thread, data in the first-level cache, and their share of the multiply-add peak.</summary>
internal static class KernelTables
{
    private const int Rows = RowTile.Capacity;

    public static void Run(string only)
    {
        double hertz = Hertz();
        int lanes = Simd.Level switch { SimdLevel.Vector512 => 8, SimdLevel.Vector256 => 4, _ => 1 };
        Console.WriteLine($"{Simd.Level}, {hertz / 1e9:f2} GHz, taken from the measured peak of two multiply-adds of eight doubles a cycle");
        if (only is "all" or "exp")
        {
            Elementaries(hertz);
        }
        if (only is "all" or "full")
        {
            Console.WriteLine("full covariance: cycles per row and component, share of the peak for the 2·d(d+1)/2 + 3d multiply-adds that are needed");
            foreach (int columns in new[] { 1, 2, 3, 4, 8, 16, 32, 64 })
            {
                double[] mean = new double[columns];
                double[] variances = new double[columns];
                Array.Fill(variances, 2.0);
                double needs = columns * (columns + 1.0) + 3 * columns;
                Families(new FullGaussianFamily(columns), new Gaussian(mean, Covariance.FromVariances(variances)), columns, needs, hertz, lanes);
            }
        }
        if (only is "all" or "diagonal")
        {
            Console.WriteLine("diagonal: 4d multiplier operations");
            foreach (int columns in new[] { 1, 2, 4, 16, 64 })
            {
                double[] variances = new double[columns];
                Array.Fill(variances, 2.0);
                Families(new DiagonalGaussianFamily(columns), new DiagonalGaussian(new double[columns], variances), columns, 4.0 * columns, hertz, lanes);
            }
            Console.WriteLine("spherical: 2d multiplier operations");
            foreach (int columns in new[] { 1, 2, 4, 16, 64 })
            {
                Families(new SphericalGaussianFamily(columns), new SphericalGaussian(new double[columns], 2), columns, 2.0 * columns, hertz, lanes);
            }
        }
        if (only is "all" or "tile")
        {
            Tiles(hertz);
        }
    }

    private static void Elementaries(double hertz)
    {
        double[] x = new double[1024];
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = -40.0 * i / x.Length;
        }
        Console.WriteLine($"exp      {Cycles(() => Elementary.Exp(x, y), hertz) / x.Length,6:f2} cycles per element");
        double[] p = [.. x.Select(value => 1 - value)];
        Console.WriteLine($"log      {Cycles(() => Elementary.Log(p, y), hertz) / x.Length,6:f2} cycles per element");
        double[] joint = new double[16 * Rows];
        double[] weights = new double[Rows];
        Array.Fill(weights, 1.0);
        double[] sums = new double[Rows];
        double copy = Cycles(() => x.AsSpan(0, joint.Length).CopyTo(joint), hertz);
        double softmax = Cycles(
            () =>
            {
                x.AsSpan(0, joint.Length).CopyTo(joint);
                Softmax.Normalize(joint, Rows, 16, weights, sums);
            },
            hertz);
        Console.WriteLine($"softmax  {(softmax - copy) / joint.Length,6:f2} cycles per row and component (16 components)");
    }

    private static void Families<T>(IFamily<T, RowTile> family, T component, int columns, double multiplyAdds, double hertz, int lanes)
    {
        RowTile tile = Tile(columns);
        AlignedBuffer scratch = new(family.ScratchLength(Rows));
        AlignedBuffer logDensity = new(Rows);
        AlignedBuffer weights = new(Rows);
        weights.Span.Fill(0.5);
        double[] statistic = new double[family.StatisticLength];
        double density = Cycles(() => family.LogDensity(component, tile, scratch.Span, logDensity.Span), hertz) / Rows;
        double accumulate = Cycles(() => family.Accumulate(component, tile, scratch.Span, weights.Span, statistic), hertz) / Rows;
        Console.WriteLine(
            $"d = {columns,3}: density {density,7:f2}, accumulate {accumulate,7:f2}, together {density + accumulate,7:f2}: {multiplyAdds / (density + accumulate) / (2 * lanes),6:p1} of peak");
    }

    private static void Tiles(double hertz)
    {
        foreach (int columns in new[] { 2, 16, 64 })
        {
            double[] values = [.. Enumerable.Range(0, Rows * columns).Select(i => (double)i)];
            float[] singles = [.. values.Select(value => (float)value)];
            RowTile tile = new(columns);
            RowChunk chunk = new(values, columns);
            RowChunk single = new(singles, columns);
            Console.WriteLine(
                $"tile of {columns,2} columns: {Cycles(() => tile.Load(chunk, 0, Rows), hertz) / values.Length:f2} cycles per value, float32 {Cycles(() => tile.Load(single, 0, Rows), hertz) / values.Length:f2}");
        }
    }

    private static RowTile Tile(int columns)
    {
        Random random = new(1);
        double[] values = [.. Enumerable.Range(0, Rows * columns).Select(_ => random.NextDouble() - 0.5)];
        RowTile tile = new(columns);
        tile.Load(new RowChunk(values, columns), 0, Rows);
        return tile;
    }

    /// <summary>The best of several timings of a call, in cycles.</summary>
    private static double Cycles(Action call, double hertz)
    {
        long until = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 4;
        int calls = 0;
        while (Stopwatch.GetTimestamp() < until)
        {
            call();
            calls++;
        }
        int batch = Math.Max(1, calls / 400);
        double best = double.PositiveInfinity;
        for (int i = 0; i < 300; i++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int j = 0; j < batch; j++)
            {
                call();
            }
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / batch);
        }
        return best * hertz;
    }

    /// <summary>The clock while it computes, taken from the multiply-add peak itself: two a cycle.</summary>
    private static double Hertz()
    {
        const int steps = 200_000;
        double best = 0;
        for (int i = 0; i < 300; i++)
        {
            long start = Stopwatch.GetTimestamp();
            FmaChains(steps);
            best = Math.Max(best, 12.0 * steps / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best / 2;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static double FmaChains(int steps)
    {
        Vector512<double> a = Vector512.Create(0.5), b0 = a, b1 = a, b2 = a, b3 = a, b4 = a, b5 = a, b6 = a, b7 = a, b8 = a, b9 = a, b10 = a, b11 = a;
        for (int i = 0; i < steps; i++)
        {
            b0 = Vector512.FusedMultiplyAdd(b0, a, a);
            b1 = Vector512.FusedMultiplyAdd(b1, a, a);
            b2 = Vector512.FusedMultiplyAdd(b2, a, a);
            b3 = Vector512.FusedMultiplyAdd(b3, a, a);
            b4 = Vector512.FusedMultiplyAdd(b4, a, a);
            b5 = Vector512.FusedMultiplyAdd(b5, a, a);
            b6 = Vector512.FusedMultiplyAdd(b6, a, a);
            b7 = Vector512.FusedMultiplyAdd(b7, a, a);
            b8 = Vector512.FusedMultiplyAdd(b8, a, a);
            b9 = Vector512.FusedMultiplyAdd(b9, a, a);
            b10 = Vector512.FusedMultiplyAdd(b10, a, a);
            b11 = Vector512.FusedMultiplyAdd(b11, a, a);
        }
        return Vector512.Sum(b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7 + b8 + b9 + b10 + b11);
    }
}
