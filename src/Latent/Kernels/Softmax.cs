using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>From log-densities of a tile to responsibilities.</summary>
internal static unsafe class Softmax
{
    /// <summary>−64 ln 2, rounded towards zero: what lies further below the row's greatest value counts as exactly nothing.</summary>
    public const double Negligible = -44.36141955583649;

    /// <summary>
    /// Replaces the values ℓ (component-major: component k's row i at k·<paramref name="stride"/> + i, log weights
    /// added) by weight·exp(ℓ − max)/Σ exp(ℓ − max), where terms below 2⁻⁶⁴ of the greatest are exactly 0, and writes
    /// log Σ exp ℓ of every row.
    /// </summary>
    /// <param name="values">ℓ in, weighted responsibilities out.</param>
    /// <param name="stride">Distance between the starts of two components' values.</param>
    /// <param name="components">Number of components, at least 1.</param>
    /// <param name="weights">One weight per row, a multiple of 8 of them: the tile's padded length.</param>
    /// <param name="logSums">
    /// Receives log Σ exp ℓ of every row. −∞ when every component is −∞, +∞ or NaN when one is: such a row gets the responsibility 0 everywhere.
    /// </param>
    /// <returns>Σ weight·log-sum, rows of weight 0 left out; not finite when a row of positive weight has no finite log-sum.</returns>
    public static double Normalize(Span<double> values, int stride, int components, ReadOnlySpan<double> weights, Span<double> logSums) =>
        Normalize(values, stride, components, weights, logSums, Simd.Level);

    /// <inheritdoc cref="Normalize(Span{double}, int, int, ReadOnlySpan{double}, Span{double})"/>
    public static double Normalize(Span<double> values, int stride, int components, ReadOnlySpan<double> weights, Span<double> logSums, SimdLevel level)
    {
        int rows = weights.Length;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(components);
        if (rows > stride || rows % Lanes.Count != 0 || logSums.Length < rows || values.Length < (components - 1) * stride + rows)
        {
            throw new ArgumentException($"Expected {components} × {stride} values, weights of a multiple of 8 rows and as many log-sums, found {values.Length}, {rows} and {logSums.Length}.");
        }
        fixed (double* v = values, w = weights, s = logSums)
        {
            return level switch
            {
                SimdLevel.Vector512 => Normalize<Simd512, Vector512<double>>(v, stride, components, rows, w, s),
                SimdLevel.Vector256 => Normalize<Simd256, Vector256<double>>(v, stride, components, rows, w, s),
                _ => Normalize<SimdScalar, double>(v, stride, components, rows, w, s),
            };
        }
    }

    // Per row and component: load, max, add; load, subtract, 18 of exp, compare, select, add, store; load, multiply, store.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Normalize<S, V>(double* values, nint stride, int components, int rows, double* weights, double* logSums)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V half = S.Broadcast(0.5);
        V negligible = S.Broadcast(Negligible);
        for (int row = 0; row < rows; row += S.Count)
        {
            double* first = values + row;
            double* end = first + components * stride;
            V max = S.Load(first);
            V total = max;
            for (double* p = first + stride; p < end; p += stride)
            {
                V value = S.Load(p);
                max = S.Max(max, value);
                total = S.Add(total, value);
            }
            V sum = S.Zero;
            for (double* p = first; p < end; p += stride)
            {
                V distance = S.Subtract(S.Load(p), max);
                V term = S.IfLess(distance, negligible, S.Zero, Elementary.ExpInRange<S, V>(distance));
                S.Store(p, term);
                sum = S.Add(sum, term);
            }
            // The greatest term is exactly 1, so that the sum is at least 1 unless that is infinite; a NaN shows in the total.
            if (S.AllLess(half, sum) && S.AllEqual(total, total))
            {
                S.Store(logSums + row, S.Add(max, Elementary.Log<S, V>(sum)));
                V scale = S.Divide(S.Load(weights + row), sum);
                for (double* p = first; p < end; p += stride)
                {
                    S.Store(p, S.Multiply(S.Load(p), scale));
                }
            }
            else
            {
                Repair<S, V>(first, end, stride, max, sum, total, weights + row, logSums + row);
            }
        }
        return Lanes.WeightedSum<S, V>(rows, weights, logSums);
    }

    /// <summary>The end of a register of rows of which some have no finite log-sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Repair<S, V>(double* first, double* end, nint stride, V max, V sum, V total, double* weights, double* logSums)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* maxima = stackalloc double[Lanes.Count];
        double* sums = stackalloc double[Lanes.Count];
        double* totals = stackalloc double[Lanes.Count];
        S.Store(maxima, max);
        S.Store(sums, sum);
        S.Store(totals, total);
        for (int lane = 0; lane < S.Count; lane++)
        {
            bool usable = sums[lane] > 0.5 && !double.IsNaN(totals[lane]);
            logSums[lane] = usable ? maxima[lane] + Elementary.Log(sums[lane]) : double.IsNaN(totals[lane]) ? double.NaN : maxima[lane];
            double scale = weights[lane] / sums[lane];
            for (double* p = first + lane; p < end; p += stride)
            {
                *p = usable ? *p * scale : 0;
            }
        }
    }
}
