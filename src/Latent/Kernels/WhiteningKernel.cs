using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Latent.Data;

namespace Latent.Kernels;

/// <summary>
/// Whitened deviations y = W(x − μ), W lower triangular, of the rows of a tile, and their squared lengths.
/// </summary>
/// <remarks>
/// One SIMD lane is one row. A register block is 4 rows of W × 4 registers of data rows (2 with the 16 registers of AVX2): per column of W, 4
/// loads with the subtraction of the mean folded in, 4 broadcasts and 16 multiply-adds. The triangle is exact: d(d+1)/2 multiply-adds per
/// row and register, and d more for the squares.
/// </remarks>
[SkipLocalsInit]
internal static unsafe class WhiteningKernel
{
    private const int Stride = RowTile.Capacity;

    /// <summary>Rows of W that a block holds.</summary>
    public const int BlockHeight = 4;

    /// <summary>The length of <see cref="Pack"/>'s result.</summary>
    public static int PackedLength(int dimension)
    {
        int length = 0;
        for (int first = 0; first < dimension; first += BlockHeight)
        {
            int height = Math.Min(BlockHeight, dimension - first);
            length += height * (first + height);
        }
        return length;
    }

    /// <summary>Lays W out as the kernel reads it: blocks of four rows (the last may have fewer), each column by column.</summary>
    /// <param name="lower">W, row-major d × d; what lies above the diagonal is not read.</param>
    /// <param name="dimension">d.</param>
    public static double[] Pack(ReadOnlySpan<double> lower, int dimension)
    {
        double[] packed = new double[PackedLength(dimension)];
        int position = 0;
        for (int first = 0; first < dimension; first += BlockHeight)
        {
            int height = Math.Min(BlockHeight, dimension - first);
            for (int column = 0; column < first + height; column++)
            {
                for (int row = first; row < first + height; row++)
                {
                    packed[position++] = column <= row ? lower[row * dimension + column] : 0;
                }
            }
        }
        return packed;
    }

    /// <summary>Writes y (column-major, stride <see cref="RowTile.Capacity"/>) and constant − ½‖y‖² of every row.</summary>
    /// <param name="packed">W as <see cref="Pack"/> lays it out.</param>
    /// <param name="negatedMean">−μ.</param>
    /// <param name="tile">The rows x.</param>
    /// <param name="constant">The log-density at the mean.</param>
    /// <param name="whitened">Receives y. Rows that fell below the tile's floor may be left unwritten.</param>
    /// <param name="logDensity">Receives one value per row; −∞ where it is below the tile's floor.</param>
    /// <param name="level">The register width.</param>
    public static void LogDensity(
        ReadOnlySpan<double> packed, ReadOnlySpan<double> negatedMean, RowTile tile, double constant, Span<double> whitened, Span<double> logDensity, SimdLevel level)
    {
        int dimension = negatedMean.Length;
        KernelShape.Check(tile, dimension, whitened.Length, dimension * Stride, logDensity.Length);
        double* floors = stackalloc double[Stride];
        bool prune = KernelShape.Floors(tile, new Span<double>(floors, Stride));
        fixed (double* w = packed, m = negatedMean, x = tile.Values, y = whitened, l = logDensity)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    LogDensity<Simd512, Vector512<double>>(w, m, dimension, x, constant, y, l, tile.PaddedRows, prune ? floors : null);
                    break;
                case SimdLevel.Vector256:
                    LogDensity<Simd256, Vector256<double>>(w, m, dimension, x, constant, y, l, tile.PaddedRows, prune ? floors : null);
                    break;
                default:
                    LogDensity<SimdScalar, double>(w, m, dimension, x, constant, y, l, tile.PaddedRows, prune ? floors : null);
                    break;
            }
        }
    }

    /// <summary>Writes y of every row.</summary>
    /// <inheritdoc cref="LogDensity(ReadOnlySpan{double}, ReadOnlySpan{double}, RowTile, double, Span{double}, Span{double}, SimdLevel)"/>
    public static void Whiten(ReadOnlySpan<double> packed, ReadOnlySpan<double> negatedMean, RowTile tile, Span<double> whitened, SimdLevel level)
    {
        Span<double> unused = stackalloc double[Stride];
        LogDensity(packed, negatedMean, tile, 0, whitened, unused, level);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LogDensity<S, V>(
        double* packed, double* negatedMean, int dimension, double* x, double constant, double* y, double* logDensity, int rows, double* floors)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int width = S.Count == 8 ? 4 * S.Count : 2 * S.Count;
        double* squares = AlignedBuffer.Align(stackalloc double[Stride + 7]);
        for (int row = 0; row < rows; row += width)
        {
            double* w = packed;
            int block = 0;
            bool below = false;
            for (; block + BlockHeight <= dimension && !below; block += BlockHeight)
            {
                Block<S, V, Four>(x + row, negatedMean, w, block, y + row, squares + row);
                w += BlockHeight * (block + BlockHeight);
                below = floors != null && block + BlockHeight < dimension && Below<S, V>(squares + row, floors + row, constant, width);
            }
            if (!below)
            {
                switch (dimension - block)
                {
                    case 1:
                        Block<S, V, One>(x + row, negatedMean, w, block, y + row, squares + row);
                        break;
                    case 2:
                        Block<S, V, Two>(x + row, negatedMean, w, block, y + row, squares + row);
                        break;
                    case 3:
                        Block<S, V, Three>(x + row, negatedMean, w, block, y + row, squares + row);
                        break;
                }
            }
        }
        KernelShape.Finish<S, V>(squares, constant, -0.5, floors, logDensity, rows);
    }

    /// <summary>Whether the log-density of every row of a group is below its floor already; more squares can only lower it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Below<S, V>(double* squares, double* floors, double constant, int width)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        bool below = true;
        for (int i = 0; i < width; i += S.Count)
        {
            V bound = S.Fma(S.Load(squares + i), S.Broadcast(-0.5), S.Broadcast(constant));
            below &= S.AllLess(bound, S.Load(floors + i));
        }
        return below;
    }

    /// <summary>
    /// Rows [<paramref name="columns"/>, columns + R) of y: first the full columns of W, then the triangle. The squares start anew with the
    /// first block.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<S, V, R>(double* x, double* negatedMean, double* w, int columns, double* y, double* squares)
        where S : struct, ISimd<S, V>
        where V : struct
        where R : struct, IHeight
    {
        V a00 = S.Zero, a01 = S.Zero, a02 = S.Zero, a03 = S.Zero;
        V a10 = S.Zero, a11 = S.Zero, a12 = S.Zero, a13 = S.Zero;
        V a20 = S.Zero, a21 = S.Zero, a22 = S.Zero, a23 = S.Zero;
        V a30 = S.Zero, a31 = S.Zero, a32 = S.Zero, a33 = S.Zero;
        V x0, x1, x2, x3;
        y += (nint)columns * Stride;
        for (int j = 0; j < columns; j++)
        {
            Deviations<S, V>(x, *negatedMean, out x0, out x1, out x2, out x3);
            Row<S, V>(w, x0, x1, x2, x3, ref a00, ref a01, ref a02, ref a03);
            if (R.Count > 1)
            {
                Row<S, V>(w + 1, x0, x1, x2, x3, ref a10, ref a11, ref a12, ref a13);
            }
            if (R.Count > 2)
            {
                Row<S, V>(w + 2, x0, x1, x2, x3, ref a20, ref a21, ref a22, ref a23);
            }
            if (R.Count > 3)
            {
                Row<S, V>(w + 3, x0, x1, x2, x3, ref a30, ref a31, ref a32, ref a33);
            }
            x += Stride;
            negatedMean++;
            w += R.Count;
        }
        Deviations<S, V>(x, *negatedMean, out x0, out x1, out x2, out x3);
        Row<S, V>(w, x0, x1, x2, x3, ref a00, ref a01, ref a02, ref a03);
        if (R.Count > 1)
        {
            Row<S, V>(w + 1, x0, x1, x2, x3, ref a10, ref a11, ref a12, ref a13);
        }
        if (R.Count > 2)
        {
            Row<S, V>(w + 2, x0, x1, x2, x3, ref a20, ref a21, ref a22, ref a23);
        }
        if (R.Count > 3)
        {
            Row<S, V>(w + 3, x0, x1, x2, x3, ref a30, ref a31, ref a32, ref a33);
        }
        if (R.Count > 1)
        {
            w += R.Count;
            Deviations<S, V>(x + 1 * Stride, negatedMean[1], out x0, out x1, out x2, out x3);
            Row<S, V>(w + 1, x0, x1, x2, x3, ref a10, ref a11, ref a12, ref a13);
            if (R.Count > 2)
            {
                Row<S, V>(w + 2, x0, x1, x2, x3, ref a20, ref a21, ref a22, ref a23);
            }
            if (R.Count > 3)
            {
                Row<S, V>(w + 3, x0, x1, x2, x3, ref a30, ref a31, ref a32, ref a33);
            }
        }
        if (R.Count > 2)
        {
            w += R.Count;
            Deviations<S, V>(x + 2 * Stride, negatedMean[2], out x0, out x1, out x2, out x3);
            Row<S, V>(w + 2, x0, x1, x2, x3, ref a20, ref a21, ref a22, ref a23);
            if (R.Count > 3)
            {
                Row<S, V>(w + 3, x0, x1, x2, x3, ref a30, ref a31, ref a32, ref a33);
            }
        }
        if (R.Count > 3)
        {
            w += R.Count;
            Deviations<S, V>(x + 3 * Stride, negatedMean[3], out x0, out x1, out x2, out x3);
            Row<S, V>(w + 3, x0, x1, x2, x3, ref a30, ref a31, ref a32, ref a33);
        }
        V q0, q1, q2, q3;
        if (columns == 0)
        {
            (q0, q1, q2, q3) = (S.Zero, S.Zero, S.Zero, S.Zero);
        }
        else
        {
            q0 = S.Load(squares);
            q1 = S.Load(squares + S.Count);
            q2 = S.Count == 8 ? S.Load(squares + 2 * S.Count) : q0;
            q3 = S.Count == 8 ? S.Load(squares + 3 * S.Count) : q0;
        }
        Keep<S, V>(y, a00, a01, a02, a03, ref q0, ref q1, ref q2, ref q3);
        if (R.Count > 1)
        {
            Keep<S, V>(y + 1 * Stride, a10, a11, a12, a13, ref q0, ref q1, ref q2, ref q3);
        }
        if (R.Count > 2)
        {
            Keep<S, V>(y + 2 * Stride, a20, a21, a22, a23, ref q0, ref q1, ref q2, ref q3);
        }
        if (R.Count > 3)
        {
            Keep<S, V>(y + 3 * Stride, a30, a31, a32, a33, ref q0, ref q1, ref q2, ref q3);
        }
        S.Store(squares, q0);
        S.Store(squares + S.Count, q1);
        if (S.Count == 8)
        {
            S.Store(squares + 2 * S.Count, q2);
            S.Store(squares + 3 * S.Count, q3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Deviations<S, V>(double* x, double negatedMean, out V x0, out V x1, out V x2, out V x3)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V m = S.Broadcast(negatedMean);
        x0 = S.Add(m, S.Load(x));
        x1 = S.Add(m, S.Load(x + S.Count));
        x2 = S.Count == 8 ? S.Add(m, S.Load(x + 2 * S.Count)) : m;
        x3 = S.Count == 8 ? S.Add(m, S.Load(x + 3 * S.Count)) : m;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<S, V>(double* w, V x0, V x1, V x2, V x3, ref V a0, ref V a1, ref V a2, ref V a3)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V c = S.Broadcast(*w);
        a0 = S.Fma(c, x0, a0);
        a1 = S.Fma(c, x1, a1);
        if (S.Count == 8)
        {
            a2 = S.Fma(c, x2, a2);
            a3 = S.Fma(c, x3, a3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<S, V>(double* y, V a0, V a1, V a2, V a3, ref V q0, ref V q1, ref V q2, ref V q3)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        S.Store(y, a0);
        S.Store(y + S.Count, a1);
        q0 = S.Fma(a0, a0, q0);
        q1 = S.Fma(a1, a1, q1);
        if (S.Count == 8)
        {
            S.Store(y + 2 * S.Count, a2);
            S.Store(y + 3 * S.Count, a3);
            q2 = S.Fma(a2, a2, q2);
            q3 = S.Fma(a3, a3, q3);
        }
    }
}
