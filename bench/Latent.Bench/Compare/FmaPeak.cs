using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Bench.Compare;

/// <summary>The most floating-point operations a second that the processor can do: independent fused multiply-adds in registers.</summary>
internal static class FmaPeak
{
    private const int Rounds = 20_000_000;
    private const int Chains = 12;

    /// <summary>Operations a second of <paramref name="threads"/> threads together, two for each lane of each multiply-add.</summary>
    public static double Measure(int threads)
    {
        double best = 0;
        for (int repeat = 0; repeat < 4; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            double[] sums = new double[threads];
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
                sums[thread] = Vector512.IsHardwareAccelerated ? Wide(thread + 1) : Narrow(thread + 1));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            int lanes = Vector512.IsHardwareAccelerated ? 8 : 4;
            best = Math.Max(best, sums.Sum() > 0 ? 2.0 * lanes * Chains * Rounds * threads / seconds : 0);
        }
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Wide(double seed)
    {
        Vector512<double> m = Vector512.Create(0.5), x = Vector512.Create(seed);
        Vector512<double> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, m, x);
            b = Vector512.FusedMultiplyAdd(b, m, x);
            c = Vector512.FusedMultiplyAdd(c, m, x);
            d = Vector512.FusedMultiplyAdd(d, m, x);
            e = Vector512.FusedMultiplyAdd(e, m, x);
            f = Vector512.FusedMultiplyAdd(f, m, x);
            g = Vector512.FusedMultiplyAdd(g, m, x);
            h = Vector512.FusedMultiplyAdd(h, m, x);
            i = Vector512.FusedMultiplyAdd(i, m, x);
            j = Vector512.FusedMultiplyAdd(j, m, x);
            k = Vector512.FusedMultiplyAdd(k, m, x);
            l = Vector512.FusedMultiplyAdd(l, m, x);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Narrow(double seed)
    {
        Vector256<double> m = Vector256.Create(0.5), x = Vector256.Create(seed);
        Vector256<double> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int round = 0; round < Rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, m, x);
            b = Vector256.FusedMultiplyAdd(b, m, x);
            c = Vector256.FusedMultiplyAdd(c, m, x);
            d = Vector256.FusedMultiplyAdd(d, m, x);
            e = Vector256.FusedMultiplyAdd(e, m, x);
            f = Vector256.FusedMultiplyAdd(f, m, x);
            g = Vector256.FusedMultiplyAdd(g, m, x);
            h = Vector256.FusedMultiplyAdd(h, m, x);
            i = Vector256.FusedMultiplyAdd(i, m, x);
            j = Vector256.FusedMultiplyAdd(j, m, x);
            k = Vector256.FusedMultiplyAdd(k, m, x);
            l = Vector256.FusedMultiplyAdd(l, m, x);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
