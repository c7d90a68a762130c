using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>
/// Sums of products over functions of the rows, the two loops of every exponential family: log f = b + Σⱼ ηⱼ·tⱼ per row, and Σ w·tⱼ over rows.
/// Functions lie one after another, a row's values <c>stride</c> apart.
/// </summary>
internal static unsafe class LinearForm
{
    private const int Group = 8;

    /// <summary>Writes b + Σⱼ ηⱼ·tⱼ, in the order of j. A term whose tⱼ is 0 is left out where an η is infinite, so that 0·log 0 is 0.</summary>
    /// <param name="functions">t, function j of row i at j·<paramref name="stride"/> + i.</param>
    /// <param name="stride">The distance between two functions.</param>
    /// <param name="coefficients">η, finite or −∞.</param>
    /// <param name="offset">b, one per row; a multiple of eight of them.</param>
    /// <param name="result">Receives one value per row.</param>
    /// <param name="level">The register width.</param>
    public static void Evaluate(ReadOnlySpan<double> functions, int stride, ReadOnlySpan<double> coefficients, ReadOnlySpan<double> offset, Span<double> result, SimdLevel level)
    {
        Check(functions.Length, stride, coefficients.Length, offset.Length, result.Length);
        fixed (double* t = functions, c = coefficients, b = offset, r = result)
        {
            bool finite = true;
            for (int j = 0; j < coefficients.Length; j++)
            {
                finite &= double.IsFinite(c[j]);
            }
            switch (level)
            {
                case SimdLevel.Vector512:
                    Evaluate<Simd512, Vector512<double>>(t, stride, c, coefficients.Length, b, r, offset.Length, finite);
                    break;
                case SimdLevel.Vector256:
                    Evaluate<Simd256, Vector256<double>>(t, stride, c, coefficients.Length, b, r, offset.Length, finite);
                    break;
                default:
                    Evaluate<SimdScalar, double>(t, stride, c, coefficients.Length, b, r, offset.Length, finite);
                    break;
            }
        }
    }

    /// <summary>Adds Σ w·tⱼ to the j-th sum.</summary>
    /// <param name="functions">t, as in <see cref="Evaluate(ReadOnlySpan{double}, int, ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, SimdLevel)"/>.</param>
    /// <param name="stride">The distance between two functions.</param>
    /// <param name="weights">w, one per row; a multiple of eight of them.</param>
    /// <param name="sums">One per function.</param>
    /// <param name="level">The register width.</param>
    public static void Accumulate(ReadOnlySpan<double> functions, int stride, ReadOnlySpan<double> weights, Span<double> sums, SimdLevel level)
    {
        Check(functions.Length, stride, sums.Length, weights.Length, weights.Length);
        fixed (double* t = functions, w = weights, s = sums)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Accumulate<Simd512, Vector512<double>>(t, stride, w, weights.Length, s, sums.Length);
                    break;
                case SimdLevel.Vector256:
                    Accumulate<Simd256, Vector256<double>>(t, stride, w, weights.Length, s, sums.Length);
                    break;
                default:
                    Accumulate<SimdScalar, double>(t, stride, w, weights.Length, s, sums.Length);
                    break;
            }
        }
    }

    // Per function and register of rows: a load that rides on the multiply-add. Eight independent sums hide its latency.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Evaluate<S, V>(double* t, nint stride, double* c, int count, double* b, double* result, int rows, bool finite)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int row = 0;
        for (; finite && row <= rows - Group * S.Count; row += Group * S.Count)
        {
            V s0 = S.Load(b + row), s1 = S.Load(b + row + S.Count), s2 = S.Load(b + row + 2 * S.Count), s3 = S.Load(b + row + 3 * S.Count);
            V s4 = S.Load(b + row + 4 * S.Count), s5 = S.Load(b + row + 5 * S.Count), s6 = S.Load(b + row + 6 * S.Count), s7 = S.Load(b + row + 7 * S.Count);
            double* p = t + row;
            for (int j = 0; j < count; j++, p += stride)
            {
                V coefficient = S.Broadcast(c[j]);
                s0 = S.Fma(coefficient, S.Load(p), s0);
                s1 = S.Fma(coefficient, S.Load(p + S.Count), s1);
                s2 = S.Fma(coefficient, S.Load(p + 2 * S.Count), s2);
                s3 = S.Fma(coefficient, S.Load(p + 3 * S.Count), s3);
                s4 = S.Fma(coefficient, S.Load(p + 4 * S.Count), s4);
                s5 = S.Fma(coefficient, S.Load(p + 5 * S.Count), s5);
                s6 = S.Fma(coefficient, S.Load(p + 6 * S.Count), s6);
                s7 = S.Fma(coefficient, S.Load(p + 7 * S.Count), s7);
            }
            double* r = result + row;
            S.Store(r, s0);
            S.Store(r + S.Count, s1);
            S.Store(r + 2 * S.Count, s2);
            S.Store(r + 3 * S.Count, s3);
            S.Store(r + 4 * S.Count, s4);
            S.Store(r + 5 * S.Count, s5);
            S.Store(r + 6 * S.Count, s6);
            S.Store(r + 7 * S.Count, s7);
        }
        for (; row < rows; row += S.Count)
        {
            V sum = S.Load(b + row);
            double* p = t + row;
            for (int j = 0; j < count; j++, p += stride)
            {
                V function = S.Load(p);
                V coefficient = S.Broadcast(c[j]);
                sum = double.IsFinite(c[j])
                    ? S.Fma(coefficient, function, sum)
                    : S.Add(S.IfLess(S.Zero, function, coefficient, S.Zero), sum);
            }
            S.Store(result + row, sum);
        }
    }

    // Eight functions share a load of the weights; each has its eight lanes of rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate<S, V>(double* t, nint stride, double* w, int rows, double* sums, int count)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* lanes = stackalloc double[Group * Lanes.Count];
        double* totals = stackalloc double[Group];
        for (int first = 0; first < count; first += Group)
        {
            int members = Math.Min(Group, count - first);
            double* p = t + first * stride;
            new Span<double>(lanes, Group * Lanes.Count).Clear();
            if (members == Group)
            {
                Eight<S, V>(p, stride, w, rows, lanes);
            }
            else
            {
                for (int j = 0; j < members; j++)
                {
                    One<S, V>(p + j * stride, w, rows, lanes + j * Lanes.Count);
                }
            }
            Lanes.SumEach<S, V>(lanes, totals, members);
            for (int j = 0; j < members; j++)
            {
                sums[first + j] += totals[j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight<S, V>(double* p, nint stride, double* w, int rows, double* lanes)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        for (int lane = 0; lane < Lanes.Count; lane += S.Count)
        {
            V s0 = S.Zero, s1 = S.Zero, s2 = S.Zero, s3 = S.Zero, s4 = S.Zero, s5 = S.Zero, s6 = S.Zero, s7 = S.Zero;
            for (int row = lane; row < rows; row += Lanes.Count)
            {
                V weight = S.Load(w + row);
                double* q = p + row;
                s0 = S.Fma(weight, S.Load(q), s0);
                s1 = S.Fma(weight, S.Load(q + stride), s1);
                s2 = S.Fma(weight, S.Load(q + 2 * stride), s2);
                s3 = S.Fma(weight, S.Load(q + 3 * stride), s3);
                s4 = S.Fma(weight, S.Load(q + 4 * stride), s4);
                s5 = S.Fma(weight, S.Load(q + 5 * stride), s5);
                s6 = S.Fma(weight, S.Load(q + 6 * stride), s6);
                s7 = S.Fma(weight, S.Load(q + 7 * stride), s7);
            }
            double* target = lanes + lane;
            S.Store(target, s0);
            S.Store(target + Lanes.Count, s1);
            S.Store(target + 2 * Lanes.Count, s2);
            S.Store(target + 3 * Lanes.Count, s3);
            S.Store(target + 4 * Lanes.Count, s4);
            S.Store(target + 5 * Lanes.Count, s5);
            S.Store(target + 6 * Lanes.Count, s6);
            S.Store(target + 7 * Lanes.Count, s7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<S, V>(double* p, double* w, int rows, double* lanes)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        for (int lane = 0; lane < Lanes.Count; lane += S.Count)
        {
            V sum = S.Zero;
            for (int row = lane; row < rows; row += Lanes.Count)
            {
                sum = S.Fma(S.Load(w + row), S.Load(p + row), sum);
            }
            S.Store(lanes + lane, sum);
        }
    }

    private static void Check(int functions, int stride, int count, int rows, int results)
    {
        if (rows % Lanes.Count != 0 || stride < rows || results < rows || (count > 0 && functions < (count - 1) * stride + rows))
        {
            throw new ArgumentException($"Expected {count} functions of a multiple of 8 rows and as many results, found {functions} values {stride} apart, {rows} rows and {results} results.");
        }
    }
}
