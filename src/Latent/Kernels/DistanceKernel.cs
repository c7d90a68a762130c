using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Latent.Data;

namespace Latent.Kernels;

/// <summary>
/// Gaussians without correlations: squared distances Σ ((x−μ)·s)², and weighted sums of x − μ and of its squares.
/// </summary>
/// <remarks>
/// One SIMD lane is one row. Per 8 rows and column: a load, a subtraction, a multiplication and a multiply-add for the density (the
/// multiplication falls away when all scales are equal); a load, a subtraction, a multiplication, an addition and a multiply-add for both sums. Additions
/// have ports of their own, so that the floor is one cycle each with two multipliers.
/// </remarks>
[SkipLocalsInit]
internal static unsafe class DistanceKernel
{
    private const int Stride = RowTile.Capacity;

    /// <summary>Columns between two tests against the floor.</summary>
    private const int Segment = 8;

    /// <summary>Columns whose sums are kept in registers together.</summary>
    private const int Width = 4;

    /// <summary>Writes constant − ½·Σ ((x−μ)·s)² of every row.</summary>
    /// <param name="negatedMean">−μ, d values.</param>
    /// <param name="scales">s, d values.</param>
    /// <param name="tile">The rows.</param>
    /// <param name="constant">The log-density at the mean.</param>
    /// <param name="logDensity">Receives one value per row; −∞ where it is below the tile's floor.</param>
    /// <param name="level">The register width.</param>
    public static void LogDensity(ReadOnlySpan<double> negatedMean, ReadOnlySpan<double> scales, RowTile tile, double constant, Span<double> logDensity, SimdLevel level) =>
        LogDensity(negatedMean, scales, tile, constant, -0.5, [], logDensity, level);

    /// <summary>Writes constant − ½·s²·‖x−μ‖² of every row, and ‖x−μ‖² to <paramref name="squares"/>.</summary>
    /// <param name="negatedMean">−μ, d values.</param>
    /// <param name="precision">s².</param>
    /// <param name="tile">The rows.</param>
    /// <param name="constant">The log-density at the mean.</param>
    /// <param name="squares">Receives ‖x−μ‖², one value per row; rubbish where the log-density is −∞.</param>
    /// <param name="logDensity">Receives one value per row; −∞ where it is below the tile's floor.</param>
    /// <param name="level">The register width.</param>
    public static void LogDensity(ReadOnlySpan<double> negatedMean, double precision, RowTile tile, double constant, Span<double> squares, Span<double> logDensity, SimdLevel level) =>
        LogDensity(negatedMean, [], tile, constant, -0.5 * precision, squares, logDensity, level);

    private static void LogDensity(
        ReadOnlySpan<double> negatedMean, ReadOnlySpan<double> scales, RowTile tile, double constant, double factor, Span<double> squares, Span<double> logDensity, SimdLevel level)
    {
        int dimension = negatedMean.Length;
        KernelShape.Check(tile, dimension, squares.Length, scales.IsEmpty ? tile.PaddedRows : 0, logDensity.Length);
        double* floors = stackalloc double[Stride];
        double* q = AlignedBuffer.Align(stackalloc double[Stride + 7]);
        bool prune = KernelShape.Floors(tile, new Span<double>(floors, Stride));
        floors = prune ? floors : null;
        fixed (double* m = negatedMean, s = scales, x = tile.Values, l = logDensity)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Distances<Simd512, Vector512<double>>(m, s, dimension, x, constant, factor, q, l, tile.PaddedRows, floors);
                    break;
                case SimdLevel.Vector256:
                    Distances<Simd256, Vector256<double>>(m, s, dimension, x, constant, factor, q, l, tile.PaddedRows, floors);
                    break;
                default:
                    Distances<SimdScalar, double>(m, s, dimension, x, constant, factor, q, l, tile.PaddedRows, floors);
                    break;
            }
        }
        if (scales.IsEmpty)
        {
            new Span<double>(q, tile.PaddedRows).CopyTo(squares);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Distances<S, V>(
        double* negatedMean, double* scales, int dimension, double* x, double constant, double factor, double* squares, double* logDensity, int rows, double* floors)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        for (int row = 0; row < rows; row += 8 * S.Count)
        {
            for (int column = 0; column < dimension; column += Segment)
            {
                int count = Math.Min(Segment, dimension - column);
                Add<S, V>(x + row + (nint)column * Stride, negatedMean + column, scales == null ? null : scales + column, count, squares + row, column == 0);
                if (floors != null && column + Segment < dimension && Below<S, V>(squares + row, floors + row, constant, factor))
                {
                    break;
                }
            }
        }
        KernelShape.Finish<S, V>(squares, constant, factor, floors, logDensity, rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Below<S, V>(double* squares, double* floors, double constant, double factor)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        bool below = true;
        for (int i = 0; i < 8 * S.Count; i += S.Count)
        {
            V bound = S.Fma(S.Load(squares + i), S.Broadcast(factor), S.Broadcast(constant));
            below &= S.AllLess(bound, S.Load(floors + i));
        }
        return below;
    }

    /// <summary>Adds some columns' squares, of eight registers of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<S, V>(double* x, double* negatedMean, double* scales, int columns, double* squares, bool anew)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V q0 = S.Zero, q1 = S.Zero, q2 = S.Zero, q3 = S.Zero, q4 = S.Zero, q5 = S.Zero, q6 = S.Zero, q7 = S.Zero;
        if (!anew)
        {
            q0 = S.Load(squares);
            q1 = S.Load(squares + S.Count);
            q2 = S.Load(squares + 2 * S.Count);
            q3 = S.Load(squares + 3 * S.Count);
            q4 = S.Load(squares + 4 * S.Count);
            q5 = S.Load(squares + 5 * S.Count);
            q6 = S.Load(squares + 6 * S.Count);
            q7 = S.Load(squares + 7 * S.Count);
        }
        if (scales == null)
        {
            for (int j = 0; j < columns; j++, x += Stride)
            {
                V m = S.Broadcast(negatedMean[j]);
                Square<S, V>(x, m, ref q0);
                Square<S, V>(x + S.Count, m, ref q1);
                Square<S, V>(x + 2 * S.Count, m, ref q2);
                Square<S, V>(x + 3 * S.Count, m, ref q3);
                Square<S, V>(x + 4 * S.Count, m, ref q4);
                Square<S, V>(x + 5 * S.Count, m, ref q5);
                Square<S, V>(x + 6 * S.Count, m, ref q6);
                Square<S, V>(x + 7 * S.Count, m, ref q7);
            }
        }
        else
        {
            for (int j = 0; j < columns; j++, x += Stride)
            {
                V m = S.Broadcast(negatedMean[j]);
                V s = S.Broadcast(scales[j]);
                ScaledSquare<S, V>(x, m, s, ref q0);
                ScaledSquare<S, V>(x + S.Count, m, s, ref q1);
                ScaledSquare<S, V>(x + 2 * S.Count, m, s, ref q2);
                ScaledSquare<S, V>(x + 3 * S.Count, m, s, ref q3);
                ScaledSquare<S, V>(x + 4 * S.Count, m, s, ref q4);
                ScaledSquare<S, V>(x + 5 * S.Count, m, s, ref q5);
                ScaledSquare<S, V>(x + 6 * S.Count, m, s, ref q6);
                ScaledSquare<S, V>(x + 7 * S.Count, m, s, ref q7);
            }
        }
        S.Store(squares, q0);
        S.Store(squares + S.Count, q1);
        S.Store(squares + 2 * S.Count, q2);
        S.Store(squares + 3 * S.Count, q3);
        S.Store(squares + 4 * S.Count, q4);
        S.Store(squares + 5 * S.Count, q5);
        S.Store(squares + 6 * S.Count, q6);
        S.Store(squares + 7 * S.Count, q7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square<S, V>(double* x, V negatedMean, ref V q)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V deviation = S.Add(negatedMean, S.Load(x));
        q = S.Fma(deviation, deviation, q);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScaledSquare<S, V>(double* x, V negatedMean, V scale, ref V q)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V scaled = S.Multiply(S.Add(negatedMean, S.Load(x)), scale);
        q = S.Fma(scaled, scaled, q);
    }

    /// <summary>Adds Σ r(x−μ) and, unless <paramref name="squares"/> is empty, Σ r(x−μ)², column by column.</summary>
    /// <param name="negatedMean">−μ, d values.</param>
    /// <param name="tile">The rows; finite wherever a row of the same eight has weight.</param>
    /// <param name="weights">r: one per row, a multiple of 8 of them.</param>
    /// <param name="sums">Receives d sums.</param>
    /// <param name="squares">Receives d sums of squares, or is empty.</param>
    /// <param name="level">The register width.</param>
    public static void Accumulate(ReadOnlySpan<double> negatedMean, RowTile tile, ReadOnlySpan<double> weights, Span<double> sums, Span<double> squares, SimdLevel level)
    {
        int dimension = negatedMean.Length;
        KernelShape.CheckSums(dimension, tile.Values.Length, weights.Length, sums.Length, dimension);
        fixed (double* m = negatedMean, x = tile.Values, r = weights, s = sums, q = squares)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Accumulate<Simd512, Vector512<double>>(m, dimension, x, r, weights.Length, s, q);
                    break;
                case SimdLevel.Vector256:
                    Accumulate<Simd256, Vector256<double>>(m, dimension, x, r, weights.Length, s, q);
                    break;
                default:
                    Accumulate<SimdScalar, double>(m, dimension, x, r, weights.Length, s, q);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate<S, V>(double* negatedMean, int dimension, double* x, double* weights, int rows, double* sums, double* squares)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int* groups = stackalloc int[Stride / Lanes.Count];
        double* lanes = AlignedBuffer.Align(stackalloc double[2 * Width * Lanes.Count + 7]);
        double* folded = AlignedBuffer.Align(stackalloc double[2 * Width + 7]);
        int count = KernelShape.Groups<S, V>(weights, rows, groups);
        for (int column = 0; column < dimension && count > 0; column += Width)
        {
            double* from = x + (nint)column * Stride;
            int width = Math.Min(Width, dimension - column);
            if (squares == null)
            {
                Moments<S, V, One>(width, negatedMean + column, from, weights, groups, count, lanes, folded);
            }
            else
            {
                Moments<S, V, Two>(width, negatedMean + column, from, weights, groups, count, lanes, folded);
            }
            for (int j = 0; j < width; j++)
            {
                sums[column + j] += folded[j];
                if (squares != null)
                {
                    squares[column + j] += folded[Width + j];
                }
            }
        }
    }

    private static void Moments<S, V, Q>(int width, double* negatedMean, double* x, double* weights, int* groups, int count, double* lanes, double* folded)
        where S : struct, ISimd<S, V>
        where V : struct
        where Q : struct, IHeight
    {
        switch (width)
        {
            case 1:
                Moments<S, V, One, Q>(negatedMean, x, weights, groups, count, lanes, folded);
                break;
            case 2:
                Moments<S, V, Two, Q>(negatedMean, x, weights, groups, count, lanes, folded);
                break;
            case 3:
                Moments<S, V, Three, Q>(negatedMean, x, weights, groups, count, lanes, folded);
                break;
            default:
                Moments<S, V, Four, Q>(negatedMean, x, weights, groups, count, lanes, folded);
                break;
        }
    }

    /// <summary>First and, when Q is two, second moments of R columns: to lanes 8j and 8(4 + j).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Moments<S, V, R, Q>(double* negatedMean, double* x, double* weights, int* groups, int count, double* lanes, double* folded)
        where S : struct, ISimd<S, V>
        where V : struct
        where R : struct, IHeight
        where Q : struct, IHeight
    {
        for (int half = 0; half < Lanes.Count; half += S.Count)
        {
            V a0 = S.Zero, b0 = S.Zero, a1 = S.Zero, b1 = S.Zero, a2 = S.Zero, b2 = S.Zero, a3 = S.Zero, b3 = S.Zero;
            V m0 = S.Broadcast(negatedMean[0]);
            V m1 = R.Count > 1 ? S.Broadcast(negatedMean[1]) : m0;
            V m2 = R.Count > 2 ? S.Broadcast(negatedMean[2]) : m0;
            V m3 = R.Count > 3 ? S.Broadcast(negatedMean[3]) : m0;
            for (int g = 0; g < count; g++)
            {
                double* from = x + groups[g] + half;
                V r = S.Load(weights + groups[g] + half);
                Moment<S, V, Q>(from, m0, r, ref a0, ref b0);
                if (R.Count > 1)
                {
                    Moment<S, V, Q>(from + Stride, m1, r, ref a1, ref b1);
                }
                if (R.Count > 2)
                {
                    Moment<S, V, Q>(from + 2 * Stride, m2, r, ref a2, ref b2);
                }
                if (R.Count > 3)
                {
                    Moment<S, V, Q>(from + 3 * Stride, m3, r, ref a3, ref b3);
                }
            }
            if (S.Count == 8)
            {
                Lanes.SumEight(a0, a1, a2, a3, b0, b1, b2, b3).Store(folded);
                return;
            }
            double* target = lanes + half;
            S.Store(target, a0);
            S.Store(target + 8, a1);
            S.Store(target + 16, a2);
            S.Store(target + 24, a3);
            S.Store(target + 32, b0);
            S.Store(target + 40, b1);
            S.Store(target + 48, b2);
            S.Store(target + 56, b3);
        }
        Lanes.SumEach<S, V>(lanes, folded, Q.Count * Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Moment<S, V, Q>(double* x, V negatedMean, V weight, ref V sum, ref V square)
        where S : struct, ISimd<S, V>
        where V : struct
        where Q : struct, IHeight
    {
        V deviation = S.Add(negatedMean, S.Load(x));
        if (Q.Count == 1)
        {
            sum = S.Fma(weight, deviation, sum);
            return;
        }
        V weighted = S.Multiply(weight, deviation);
        sum = S.Add(sum, weighted);
        square = S.Fma(weighted, deviation, square);
    }
}
