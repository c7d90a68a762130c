using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>Sums and ranges of columns: one chain over the rows for each column, the same bits at any register width.</summary>
internal static unsafe class ColumnRange
{
    /// <summary>Takes rows into account. A NaN makes a column's sum NaN, but may leave its range alone.</summary>
    /// <param name="rows">Row-major values.</param>
    /// <param name="count">Rows.</param>
    /// <param name="columns">Values per row, and the length of the spans below.</param>
    /// <param name="sum">Sums so far.</param>
    /// <param name="low">Lowest values so far.</param>
    /// <param name="high">Highest values so far.</param>
    public static void Add(double* rows, int count, int columns, double* sum, double* low, double* high)
    {
        switch (Simd.Level)
        {
            case SimdLevel.Vector512:
                Add<Simd512, Vector512<double>>(rows, count, columns, sum, low, high);
                break;
            case SimdLevel.Vector256:
                Add<Simd256, Vector256<double>>(rows, count, columns, sum, low, high);
                break;
            default:
                Add<SimdScalar, double>(rows, count, columns, sum, low, high);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<S, V>(double* rows, int count, int columns, double* sum, double* low, double* high)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int column = 0;
        for (; column + S.Count <= columns; column += S.Count)
        {
            V total = S.Load(sum + column);
            V least = S.Load(low + column);
            V most = S.Load(high + column);
            double* x = rows + column;
            for (int row = 0; row < count; row++, x += columns)
            {
                V value = S.Load(x);
                total = S.Add(total, value);
                least = S.Min(value, least);
                most = S.Max(value, most);
            }
            S.Store(sum + column, total);
            S.Store(low + column, least);
            S.Store(high + column, most);
        }
        for (; column < columns; column++)
        {
            double* x = rows + column;
            for (int row = 0; row < count; row++, x += columns)
            {
                sum[column] += *x;
                low[column] = *x < low[column] ? *x : low[column];
                high[column] = *x > high[column] ? *x : high[column];
            }
        }
    }
}
