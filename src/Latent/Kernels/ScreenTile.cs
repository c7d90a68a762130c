using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Kernels;

/// <summary>Rows shifted, scaled, rounded to float32 and transposed, as <see cref="CenterScreen"/> reads them.</summary>
internal static unsafe class ScreenTile
{
    private const int Stride = CenterScreen.TileRows;
    private const int Block = 8;

    /// <summary>Writes (x − origin)·scale of up to 64 rows; the remaining rows of the tile become zero.</summary>
    /// <param name="rows">Row-major values.</param>
    /// <param name="count">Rows, at most <see cref="CenterScreen.TileRows"/>.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="origin">One value per column.</param>
    /// <param name="scale">A power of two.</param>
    /// <param name="tile">Column-major, <see cref="CenterScreen.TileRows"/> apart.</param>
    public static void Fill(double* rows, int count, int columns, double* origin, double scale, float* tile)
    {
        if (count < Stride)
        {
            new Span<float>(tile, Stride * columns).Clear();
        }
        int row = Simd.Level switch
        {
            SimdLevel.Vector512 => Blocks(rows, count, columns, origin, scale, tile, wide: true),
            SimdLevel.Vector256 => Blocks(rows, count, columns, origin, scale, tile, wide: false),
            _ => 0,
        };
        Copy(rows, row, count, 0, columns, origin, scale, tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Blocks(double* rows, int count, int columns, double* origin, double scale, float* tile, bool wide)
    {
        int row = 0;
        for (; row + Block <= count; row += Block)
        {
            int column = 0;
            for (; column + Block <= columns; column += Block)
            {
                double* block = rows + (long)row * columns + column;
                if (wide)
                {
                    Transpose(block, columns, origin + column, scale, tile + column * Stride + row, wide: true);
                }
                else
                {
                    Transpose(block, columns, origin + column, scale, tile + column * Stride + row, wide: false);
                }
            }
            Copy(rows, row, row + Block, column, columns, origin, scale, tile);
        }
        return row;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(double* rows, int firstRow, int lastRow, int firstColumn, int columns, double* origin, double scale, float* tile)
    {
        for (int row = firstRow; row < lastRow; row++)
        {
            double* x = rows + (long)row * columns;
            for (int column = firstColumn; column < columns; column++)
            {
                tile[column * Stride + row] = (float)((x[column] - origin[column]) * scale);
            }
        }
    }

    /// <summary>Eight rows by eight columns: per row one load, one subtraction, one product and one conversion; 24 shuffles and 8 stores for all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(double* rows, int columns, double* origin, double scale, float* tile, bool wide)
    {
        Vector256<float> r0 = Load(rows, origin, scale, wide);
        Vector256<float> r1 = Load(rows + columns, origin, scale, wide);
        Vector256<float> r2 = Load(rows + 2L * columns, origin, scale, wide);
        Vector256<float> r3 = Load(rows + 3L * columns, origin, scale, wide);
        Vector256<float> r4 = Load(rows + 4L * columns, origin, scale, wide);
        Vector256<float> r5 = Load(rows + 5L * columns, origin, scale, wide);
        Vector256<float> r6 = Load(rows + 6L * columns, origin, scale, wide);
        Vector256<float> r7 = Load(rows + 7L * columns, origin, scale, wide);
        (Vector256<float> p0, Vector256<float> p1, Vector256<float> p2, Vector256<float> p3) = Quarter(r0, r1, r2, r3);
        (Vector256<float> q0, Vector256<float> q1, Vector256<float> q2, Vector256<float> q3) = Quarter(r4, r5, r6, r7);
        Avx.Permute2x128(p0, q0, 0x20).Store(tile);
        Avx.Permute2x128(p1, q1, 0x20).Store(tile + Stride);
        Avx.Permute2x128(p2, q2, 0x20).Store(tile + 2 * Stride);
        Avx.Permute2x128(p3, q3, 0x20).Store(tile + 3 * Stride);
        Avx.Permute2x128(p0, q0, 0x31).Store(tile + 4 * Stride);
        Avx.Permute2x128(p1, q1, 0x31).Store(tile + 5 * Stride);
        Avx.Permute2x128(p2, q2, 0x31).Store(tile + 6 * Stride);
        Avx.Permute2x128(p3, q3, 0x31).Store(tile + 7 * Stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> C0, Vector256<float> C1, Vector256<float> C2, Vector256<float> C3) Quarter(
        Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3)
    {
        Vector256<float> low01 = Avx.UnpackLow(r0, r1);
        Vector256<float> high01 = Avx.UnpackHigh(r0, r1);
        Vector256<float> low23 = Avx.UnpackLow(r2, r3);
        Vector256<float> high23 = Avx.UnpackHigh(r2, r3);
        return (
            Avx.Shuffle(low01, low23, 0x44),
            Avx.Shuffle(low01, low23, 0xEE),
            Avx.Shuffle(high01, high23, 0x44),
            Avx.Shuffle(high01, high23, 0xEE));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(double* row, double* origin, double scale, bool wide)
    {
        if (wide)
        {
            return Avx512F.ConvertToVector256Single((Vector512.Load(row) - Vector512.Load(origin)) * scale);
        }
        return Vector256.Create(
            Avx.ConvertToVector128Single((Vector256.Load(row) - Vector256.Load(origin)) * scale),
            Avx.ConvertToVector128Single((Vector256.Load(row + 4) - Vector256.Load(origin + 4)) * scale));
    }
}
