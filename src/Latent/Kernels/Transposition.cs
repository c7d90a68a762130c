using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Kernels;

/// <summary>
/// Rows to columns, float32 widened on the way: blocks of 8 × 8 (4 × 4 with AVX2) in registers. Moves bits, NaN and all; every width gives the same.
/// </summary>
internal static unsafe class Transposition
{
    /// <summary>Writes columns, <paramref name="stride"/> apart, from consecutive rows.</summary>
    /// <param name="rows">Row-major, <paramref name="count"/> × <paramref name="columns"/>.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="target">Column-major.</param>
    /// <param name="stride">Distance between the starts of two columns.</param>
    /// <param name="level">The register width.</param>
    public static void Run(ReadOnlySpan<double> rows, int count, int columns, Span<double> target, int stride, SimdLevel level)
    {
        Check(rows.Length, count, columns, target.Length, stride);
        fixed (double* source = rows, to = target)
        {
            Run(source, count, columns, to, stride, level);
        }
    }

    /// <inheritdoc cref="Run(ReadOnlySpan{double}, int, int, Span{double}, int, SimdLevel)"/>
    public static void Run(ReadOnlySpan<float> rows, int count, int columns, Span<double> target, int stride, SimdLevel level)
    {
        Check(rows.Length, count, columns, target.Length, stride);
        fixed (float* source = rows)
        fixed (double* to = target)
        {
            Run(source, count, columns, to, stride, level);
        }
    }

    private static void Check(int length, int count, int columns, int target, int stride)
    {
        if (length < count * columns || stride < count || target < (columns - 1) * stride + count)
        {
            throw new ArgumentException($"Expected {count} rows of {columns} values and room for them, found {length} values and room for {target} at stride {stride}.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T>(T* rows, int count, int columns, double* target, int stride, SimdLevel level)
        where T : unmanaged
    {
        int block = level switch { SimdLevel.Vector512 => 8, SimdLevel.Vector256 => 4, _ => int.MaxValue };
        int row = 0;
        // Narrower rows than a register: its end lies in the rows that follow, as long as there are any.
        int last = columns >= block ? count : count - (block + columns - 1) / columns + 1;
        for (; row + block <= last; row += block)
        {
            T* from = rows + (nint)row * columns;
            for (int column = 0; column < columns; column += block)
            {
                // The last block overlaps the one before it rather than leave a rest.
                int first = columns >= block ? Math.Min(column, columns - block) : 0;
                if (level == SimdLevel.Vector512)
                {
                    Eight(from + first, columns, target + (nint)first * stride + row, stride, Math.Min(columns, block));
                }
                else
                {
                    Four(from + first, columns, target + (nint)first * stride + row, stride, Math.Min(columns, block));
                }
            }
        }
        for (; row < count; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                target[(nint)column * stride + row] = Widen(rows[(nint)row * columns + column]);
            }
        }
    }

    /// <summary>Eight rows, of which the first <paramref name="width"/> of eight columns count: three rounds of eight shuffles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight<T>(T* rows, nint columns, double* target, nint stride, int width)
        where T : unmanaged
    {
        Vector512<double> r0 = Load512(rows), r1 = Load512(rows + columns), r2 = Load512(rows + 2 * columns), r3 = Load512(rows + 3 * columns);
        Vector512<double> r4 = Load512(rows + 4 * columns), r5 = Load512(rows + 5 * columns), r6 = Load512(rows + 6 * columns), r7 = Load512(rows + 7 * columns);
        // Pairs of rows interleaved: even columns in the a, odd ones in the b, one column pair per 128 bits.
        Vector512<double> a01 = Avx512F.UnpackLow(r0, r1), b01 = Avx512F.UnpackHigh(r0, r1);
        Vector512<double> a23 = Avx512F.UnpackLow(r2, r3), b23 = Avx512F.UnpackHigh(r2, r3);
        Vector512<double> a45 = Avx512F.UnpackLow(r4, r5), b45 = Avx512F.UnpackHigh(r4, r5);
        Vector512<double> a67 = Avx512F.UnpackLow(r6, r7), b67 = Avx512F.UnpackHigh(r6, r7);
        Columns(a01, a23, a45, a67, target, 2 * stride, (width + 1) / 2);
        Columns(b01, b23, b45, b67, target + stride, 2 * stride, width / 2);
    }

    /// <summary>Columns from the 128-bit parts of four registers: column i from their parts i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Columns(Vector512<double> x, Vector512<double> y, Vector512<double> z, Vector512<double> w, double* target, nint stride, int count)
    {
        Vector512<double> xy02 = Avx512F.Shuffle4x128(x, y, 0b10_00_10_00), xy13 = Avx512F.Shuffle4x128(x, y, 0b11_01_11_01);
        Vector512<double> zw02 = Avx512F.Shuffle4x128(z, w, 0b10_00_10_00), zw13 = Avx512F.Shuffle4x128(z, w, 0b11_01_11_01);
        if (count > 0)
        {
            Avx512F.Shuffle4x128(xy02, zw02, 0b10_00_10_00).Store(target);
        }
        if (count > 1)
        {
            Avx512F.Shuffle4x128(xy13, zw13, 0b10_00_10_00).Store(target + stride);
        }
        if (count > 2)
        {
            Avx512F.Shuffle4x128(xy02, zw02, 0b11_01_11_01).Store(target + 2 * stride);
        }
        if (count > 3)
        {
            Avx512F.Shuffle4x128(xy13, zw13, 0b11_01_11_01).Store(target + 3 * stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<T>(T* rows, nint columns, double* target, nint stride, int width)
        where T : unmanaged
    {
        Vector256<double> r0 = Load256(rows), r1 = Load256(rows + columns), r2 = Load256(rows + 2 * columns), r3 = Load256(rows + 3 * columns);
        Vector256<double> a01 = Avx.UnpackLow(r0, r1), b01 = Avx.UnpackHigh(r0, r1), a23 = Avx.UnpackLow(r2, r3), b23 = Avx.UnpackHigh(r2, r3);
        Avx.Permute2x128(a01, a23, 0x20).Store(target);
        if (width > 1)
        {
            Avx.Permute2x128(b01, b23, 0x20).Store(target + stride);
        }
        if (width > 2)
        {
            Avx.Permute2x128(a01, a23, 0x31).Store(target + 2 * stride);
        }
        if (width > 3)
        {
            Avx.Permute2x128(b01, b23, 0x31).Store(target + 3 * stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Load512<T>(T* source)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? Avx512F.ConvertToVector512Double(Vector256.Load((float*)source)) : Vector512.Load((double*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Load256<T>(T* source)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? Avx.ConvertToVector256Double(Vector128.Load((float*)source)) : Vector256.Load((double*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Widen<T>(T value)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(value) : Unsafe.BitCast<T, double>(value);
}
