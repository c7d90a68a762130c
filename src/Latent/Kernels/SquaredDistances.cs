using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Kernels;

/// <summary>
/// Squared Euclidean distances by direct differences, Σⱼ (xⱼ − cⱼ)²: one chain of FMA over the columns in order for each
/// pair, hence no cancellation and the same bits at any register width.
/// </summary>
internal static unsafe class SquaredDistances
{
    /// <summary>Points are stored column-major, their number padded to a multiple of this.</summary>
    public const int Lanes = 8;

    private const int RowBlock = 8;

    /// <summary>The distances of one row to many points.</summary>
    /// <param name="row">The row.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="points">Column-major: one column's values lie side by side.</param>
    /// <param name="stride">The number of points, padded to a multiple of <see cref="Lanes"/>.</param>
    /// <param name="distances">As long as <paramref name="stride"/>.</param>
    public static void ToPoints(double* row, int columns, double* points, int stride, double* distances)
    {
        switch (Simd.Level)
        {
            case SimdLevel.Vector512:
                ToPoints<Simd512, Vector512<double>>(row, columns, points, stride, distances);
                break;
            case SimdLevel.Vector256:
                ToPoints<Simd256, Vector256<double>>(row, columns, points, stride, distances);
                break;
            default:
                ToPoints<SimdScalar, double>(row, columns, points, stride, distances);
                break;
        }
    }

    /// <summary>
    /// For eight points at once: takes the first into account in every row's distance to its nearest point, where
    /// <paramref name="update"/> says so, then adds to each point's sum Σ w·min(nearest, distance to it).
    /// </summary>
    /// <param name="rows">Row-major values.</param>
    /// <param name="count">Rows.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="points">Column-major, eight in a column.</param>
    /// <param name="update">Whether the first point is one of those that <paramref name="nearest"/> is about.</param>
    /// <param name="nearest">The squared distance of each row to the nearest point so far.</param>
    /// <param name="weights">One per row, or null: all one.</param>
    /// <param name="sums">Eight sums, row after row.</param>
    public static void Potentials(double* rows, int count, int columns, double* points, bool update, double* nearest, double* weights, double* sums)
    {
        switch (Simd.Level)
        {
            case SimdLevel.Vector512:
                Potentials<Simd512, Vector512<double>>(rows, count, columns, points, update, nearest, weights, sums);
                break;
            case SimdLevel.Vector256:
                Potentials<Simd256, Vector256<double>>(rows, count, columns, points, update, nearest, weights, sums);
                break;
            default:
                Potentials<SimdScalar, double>(rows, count, columns, points, update, nearest, weights, sums);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToPoints<S, V>(double* row, int columns, double* points, int stride, double* distances)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int k = 0;
        for (; k + 4 * S.Count <= stride; k += 4 * S.Count)
        {
            V sum0 = S.Zero, sum1 = S.Zero, sum2 = S.Zero, sum3 = S.Zero;
            double* c = points + k;
            for (int column = 0; column < columns; column++, c += stride)
            {
                V x = S.Broadcast(row[column]);
                V d0 = S.Subtract(x, S.Load(c));
                V d1 = S.Subtract(x, S.Load(c + S.Count));
                V d2 = S.Subtract(x, S.Load(c + 2 * S.Count));
                V d3 = S.Subtract(x, S.Load(c + 3 * S.Count));
                sum0 = S.Fma(d0, d0, sum0);
                sum1 = S.Fma(d1, d1, sum1);
                sum2 = S.Fma(d2, d2, sum2);
                sum3 = S.Fma(d3, d3, sum3);
            }
            S.Store(distances + k, sum0);
            S.Store(distances + k + S.Count, sum1);
            S.Store(distances + k + 2 * S.Count, sum2);
            S.Store(distances + k + 3 * S.Count, sum3);
        }
        for (; k < stride; k += S.Count)
        {
            V sum = S.Zero;
            double* c = points + k;
            for (int column = 0; column < columns; column++, c += stride)
            {
                V difference = S.Subtract(S.Broadcast(row[column]), S.Load(c));
                sum = S.Fma(difference, difference, sum);
            }
            S.Store(distances + k, sum);
        }
    }

    /// <summary>
    /// Eight rows by eight points in registers: per column 8 broadcasts and one load, and 8 subtractions and 8 FMA a register: as many
    /// chains as keep both FMA units busy. Rows are fetched 64 ahead, one cache line a column; a fetch past the end does nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Potentials<S, V>(double* rows, int count, int columns, double* points, bool update, double* nearest, double* weights, double* sums)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* lane = stackalloc double[Lanes];
        int row = 0;
        for (; row + RowBlock <= count; row += RowBlock, rows += (long)RowBlock * columns)
        {
            byte* ahead = (byte*)(rows + 64L * columns);
            for (int first = 0; first < Lanes; first += S.Count)
            {
                V sum0 = S.Zero, sum1 = S.Zero, sum2 = S.Zero, sum3 = S.Zero, sum4 = S.Zero, sum5 = S.Zero, sum6 = S.Zero, sum7 = S.Zero;
                double* c = points + first;
                double* x = rows;
                double* y = rows + 4L * columns;
                for (int column = 0; column < columns; column++, c += Lanes, x++, y++)
                {
                    if (Sse.IsSupported && first == 0)
                    {
                        Sse.Prefetch0(ahead + 64L * column);
                    }
                    V point = S.Load(c);
                    V difference = S.Subtract(S.Broadcast(x[0]), point);
                    sum0 = S.Fma(difference, difference, sum0);
                    difference = S.Subtract(S.Broadcast(x[columns]), point);
                    sum1 = S.Fma(difference, difference, sum1);
                    difference = S.Subtract(S.Broadcast(x[2 * columns]), point);
                    sum2 = S.Fma(difference, difference, sum2);
                    difference = S.Subtract(S.Broadcast(x[3 * columns]), point);
                    sum3 = S.Fma(difference, difference, sum3);
                    difference = S.Subtract(S.Broadcast(y[0]), point);
                    sum4 = S.Fma(difference, difference, sum4);
                    difference = S.Subtract(S.Broadcast(y[columns]), point);
                    sum5 = S.Fma(difference, difference, sum5);
                    difference = S.Subtract(S.Broadcast(y[2 * columns]), point);
                    sum6 = S.Fma(difference, difference, sum6);
                    difference = S.Subtract(S.Broadcast(y[3 * columns]), point);
                    sum7 = S.Fma(difference, difference, sum7);
                }
                if (update && first == 0)
                {
                    nearest[row] = Lowest<S, V>(sum0, nearest[row], lane);
                    nearest[row + 1] = Lowest<S, V>(sum1, nearest[row + 1], lane);
                    nearest[row + 2] = Lowest<S, V>(sum2, nearest[row + 2], lane);
                    nearest[row + 3] = Lowest<S, V>(sum3, nearest[row + 3], lane);
                    nearest[row + 4] = Lowest<S, V>(sum4, nearest[row + 4], lane);
                    nearest[row + 5] = Lowest<S, V>(sum5, nearest[row + 5], lane);
                    nearest[row + 6] = Lowest<S, V>(sum6, nearest[row + 6], lane);
                    nearest[row + 7] = Lowest<S, V>(sum7, nearest[row + 7], lane);
                }
                V total = S.Load(sums + first);
                total = Add<S, V>(total, sum0, nearest, weights, row);
                total = Add<S, V>(total, sum1, nearest, weights, row + 1);
                total = Add<S, V>(total, sum2, nearest, weights, row + 2);
                total = Add<S, V>(total, sum3, nearest, weights, row + 3);
                total = Add<S, V>(total, sum4, nearest, weights, row + 4);
                total = Add<S, V>(total, sum5, nearest, weights, row + 5);
                total = Add<S, V>(total, sum6, nearest, weights, row + 6);
                total = Add<S, V>(total, sum7, nearest, weights, row + 7);
                S.Store(sums + first, total);
            }
        }
        for (; row < count; row++, rows += columns)
        {
            for (int first = 0; first < Lanes; first += S.Count)
            {
                V sum = S.Zero;
                double* c = points + first;
                for (int column = 0; column < columns; column++, c += Lanes)
                {
                    V difference = S.Subtract(S.Broadcast(rows[column]), S.Load(c));
                    sum = S.Fma(difference, difference, sum);
                }
                if (update && first == 0)
                {
                    nearest[row] = Lowest<S, V>(sum, nearest[row], lane);
                }
                S.Store(sums + first, Add<S, V>(S.Load(sums + first), sum, nearest, weights, row));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Lowest<S, V>(V distances, double nearest, double* lane)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        S.Store(lane, distances);
        return lane[0] < nearest ? lane[0] : nearest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Add<S, V>(V total, V distances, double* nearest, double* weights, int row)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V lower = S.Min(distances, S.Broadcast(nearest[row]));
        return S.Fma(S.Broadcast(weights == null ? 1 : weights[row]), lower, total);
    }
}
