using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>
/// Adds labelled rows to the sums of their clusters: weight, Σ w·(x − c), and Σ w·‖x − c‖² over all, c the row's own center.
/// </summary>
/// <remarks>
/// A SIMD lane is a column: per register of a row 3 loads, a subtraction, a product, 2 FMA and a store. Every cell of the sums is one
/// chain over the rows in order; the squares are summed in sixteen lanes (column modulo 16) and eight more for the columns
/// past the last multiple of eight: the same bits at any width.
/// </remarks>
internal static unsafe class ClusterSums
{
    /// <summary>Doubles of running sums of squares that <see cref="Add"/> carries from call to call; zero at first.</summary>
    public const int LaneCount = 24;

    /// <summary>Adds rows.</summary>
    /// <param name="rows">Row-major values.</param>
    /// <param name="count">Rows.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="labels">The cluster of each row.</param>
    /// <param name="weights">One per row, or null: all one.</param>
    /// <param name="centers">Row-major centers.</param>
    /// <param name="masses">Σ w of each cluster.</param>
    /// <param name="sums">Σ w·(x − c) of each cluster, row-major.</param>
    /// <param name="lanes">Running sums of squares.</param>
    public static void Add(double* rows, int count, int columns, int* labels, double* weights, double* centers, double* masses, double* sums, double* lanes)
    {
        switch (Simd.Level)
        {
            case SimdLevel.Vector512:
                Add<Simd512, Vector512<double>>(rows, count, columns, labels, weights, centers, masses, sums, lanes);
                break;
            case SimdLevel.Vector256:
                Add<Simd256, Vector256<double>>(rows, count, columns, labels, weights, centers, masses, sums, lanes);
                break;
            default:
                Add<SimdScalar, double>(rows, count, columns, labels, weights, centers, masses, sums, lanes);
                break;
        }
    }

    /// <summary>The sum of the squares, its lanes joined in a fixed order.</summary>
    public static double Squares(ReadOnlySpan<double> lanes) =>
        (LaneSum.Of(lanes[..8]) + LaneSum.Of(lanes[8..16])) + LaneSum.Of(lanes[16..24]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<S, V>(double* rows, int count, int columns, int* labels, double* weights, double* centers, double* masses, double* sums, double* lanes)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V even0 = S.Load(lanes), odd0 = S.Load(lanes + 8);
        V even1 = S.Count == 4 ? S.Load(lanes + 4) : S.Zero;
        V odd1 = S.Count == 4 ? S.Load(lanes + 12) : S.Zero;
        for (int row = 0; row < count; row++, rows += columns)
        {
            int label = labels[row];
            double mass = weights == null ? 1 : weights[row];
            double* c = centers + (long)label * columns;
            double* sum = sums + (long)label * columns;
            masses[label] += mass;
            V w = S.Broadcast(mass);
            int column = 0;
            for (; column + 8 <= columns; column += 8)
            {
                bool odd = (column & 8) != 0;
                if (S.Count == 8)
                {
                    if (odd)
                    {
                        odd0 = Step<S, V>(rows + column, c + column, sum + column, w, odd0);
                    }
                    else
                    {
                        even0 = Step<S, V>(rows + column, c + column, sum + column, w, even0);
                    }
                }
                else if (S.Count == 4)
                {
                    if (odd)
                    {
                        odd0 = Step<S, V>(rows + column, c + column, sum + column, w, odd0);
                        odd1 = Step<S, V>(rows + column + 4, c + column + 4, sum + column + 4, w, odd1);
                    }
                    else
                    {
                        even0 = Step<S, V>(rows + column, c + column, sum + column, w, even0);
                        even1 = Step<S, V>(rows + column + 4, c + column + 4, sum + column + 4, w, even1);
                    }
                }
                else
                {
                    for (int lane = 0; lane < 8; lane++)
                    {
                        Scalar(rows, c, sum, column + lane, mass, lanes + (column & 8) + lane);
                    }
                }
            }
            for (double* lane = lanes + 16; column < columns; column++, lane++)
            {
                Scalar(rows, c, sum, column, mass, lane);
            }
        }
        if (S.Count == 1)
        {
            return;
        }
        S.Store(lanes, even0);
        S.Store(lanes + 8, odd0);
        if (S.Count == 4)
        {
            S.Store(lanes + 4, even1);
            S.Store(lanes + 12, odd1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Step<S, V>(double* x, double* c, double* sum, V w, V squares)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V difference = S.Subtract(S.Load(x), S.Load(c));
        S.Store(sum, S.Fma(w, difference, S.Load(sum)));
        return S.Fma(S.Multiply(w, difference), difference, squares);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scalar(double* x, double* c, double* sum, int column, double mass, double* squares)
    {
        double difference = x[column] - c[column];
        sum[column] = Math.FusedMultiplyAdd(mass, difference, sum[column]);
        *squares = Math.FusedMultiplyAdd(mass * difference, difference, *squares);
    }
}
