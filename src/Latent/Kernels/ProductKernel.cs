using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Latent.Data;

namespace Latent.Kernels;

/// <summary>Deviations z = x − s·m of the rows of a tile, and their products y = A·z with a matrix.</summary>
/// <remarks>
/// One SIMD lane is one row. A register block is 4 rows of A × 4 registers of data rows (2 with the 16 registers of AVX2): per column of A, 4 loads, 4
/// broadcasts and 16 multiply-adds; d² multiply-adds per row in all.
/// </remarks>
[SkipLocalsInit]
internal static unsafe class ProductKernel
{
    private const int Stride = RowTile.Capacity;
    private const int Height = 4;

    /// <summary>Lays A out as the kernel reads it: blocks of four rows (the last may have fewer), each column by column.</summary>
    /// <param name="matrix">A, row-major d × d.</param>
    /// <param name="dimension">d.</param>
    public static double[] Pack(ReadOnlySpan<double> matrix, int dimension)
    {
        double[] packed = new double[dimension * dimension];
        int position = 0;
        for (int first = 0; first < dimension; first += Height)
        {
            int height = Math.Min(Height, dimension - first);
            for (int column = 0; column < dimension; column++)
            {
                for (int row = first; row < first + height; row++)
                {
                    packed[position++] = matrix[row * dimension + column];
                }
            }
        }
        return packed;
    }

    /// <summary>Writes x − m of the rows whose count is positive, and x of the others.</summary>
    /// <param name="x">Column-major with stride <see cref="RowTile.Capacity"/>.</param>
    /// <param name="shift">m, one value per column.</param>
    /// <param name="counts">One per row, a multiple of 8 of them.</param>
    /// <param name="z">Receives the deviations in the same layout.</param>
    /// <param name="level">The register width.</param>
    public static void Subtract(ReadOnlySpan<double> x, ReadOnlySpan<double> shift, ReadOnlySpan<double> counts, Span<double> z, SimdLevel level)
    {
        KernelShape.CheckSums(shift.Length, Math.Min(x.Length, z.Length), counts.Length, 0, 0);
        fixed (double* source = x, m = shift, c = counts, target = z)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Subtract<Simd512, Vector512<double>>(source, m, shift.Length, c, counts.Length, target);
                    break;
                case SimdLevel.Vector256:
                    Subtract<Simd256, Vector256<double>>(source, m, shift.Length, c, counts.Length, target);
                    break;
                default:
                    Subtract<SimdScalar, double>(source, m, shift.Length, c, counts.Length, target);
                    break;
            }
        }
    }

    /// <summary>Writes y = A·z, and z·y, of every row.</summary>
    /// <param name="packed">A as <see cref="Pack"/> lays it out.</param>
    /// <param name="dimension">d.</param>
    /// <param name="z">Column-major with stride <see cref="RowTile.Capacity"/>, all of it readable.</param>
    /// <param name="rows">Rows, a multiple of 8.</param>
    /// <param name="y">Receives the products in the same layout.</param>
    /// <param name="forms">Receives z·y, one per row.</param>
    /// <param name="level">The register width.</param>
    public static void Multiply(ReadOnlySpan<double> packed, int dimension, ReadOnlySpan<double> z, int rows, Span<double> y, Span<double> forms, SimdLevel level)
    {
        if (packed.Length != dimension * dimension || z.Length < dimension * Stride || y.Length < dimension * Stride || forms.Length < Stride || rows > Stride || rows % Lanes.Count != 0)
        {
            throw new ArgumentException($"Expected {dimension} columns of {Stride} values, a multiple of 8 rows and {dimension} × {dimension} coefficients, found {z.Length}, {rows} and {packed.Length}.");
        }
        fixed (double* a = packed, source = z, target = y, f = forms)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Multiply<Simd512, Vector512<double>>(a, dimension, source, rows, target, f);
                    break;
                case SimdLevel.Vector256:
                    Multiply<Simd256, Vector256<double>>(a, dimension, source, rows, target, f);
                    break;
                default:
                    Multiply<SimdScalar, double>(a, dimension, source, rows, target, f);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Subtract<S, V>(double* x, double* shift, int dimension, double* counts, int rows, double* z)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        for (int column = 0; column < dimension; column++, x += Stride, z += Stride)
        {
            V m = S.Broadcast(shift[column]);
            for (int row = 0; row < rows; row += S.Count)
            {
                V value = S.Load(x + row);
                S.Store(z + row, S.IfLess(S.Zero, S.Load(counts + row), S.Subtract(value, m), value));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<S, V>(double* packed, int dimension, double* z, int rows, double* y, double* forms)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int width = S.Count == 8 ? 4 * S.Count : 2 * S.Count;
        for (int row = 0; row < rows; row += width)
        {
            double* a = packed;
            for (int block = 0; block < dimension; block += Height)
            {
                switch (dimension - block)
                {
                    case 1:
                        Block<S, V, One>(a, dimension, block, z + row, y + row, forms + row);
                        break;
                    case 2:
                        Block<S, V, Two>(a, dimension, block, z + row, y + row, forms + row);
                        break;
                    case 3:
                        Block<S, V, Three>(a, dimension, block, z + row, y + row, forms + row);
                        break;
                    default:
                        Block<S, V, Four>(a, dimension, block, z + row, y + row, forms + row);
                        break;
                }
                a += Height * dimension;
            }
        }
    }

    /// <summary>Rows [block, block + R) of y. The quadratic forms start anew with the first block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<S, V, R>(double* a, int dimension, int block, double* z, double* y, double* forms)
        where S : struct, ISimd<S, V>
        where V : struct
        where R : struct, IHeight
    {
        V a00 = S.Zero, a01 = S.Zero, a02 = S.Zero, a03 = S.Zero;
        V a10 = S.Zero, a11 = S.Zero, a12 = S.Zero, a13 = S.Zero;
        V a20 = S.Zero, a21 = S.Zero, a22 = S.Zero, a23 = S.Zero;
        V a30 = S.Zero, a31 = S.Zero, a32 = S.Zero, a33 = S.Zero;
        double* column = z;
        for (int j = 0; j < dimension; j++, column += Stride, a += R.Count)
        {
            V z0 = S.Load(column);
            V z1 = S.Load(column + S.Count);
            V z2 = S.Count == 8 ? S.Load(column + 2 * S.Count) : z0;
            V z3 = S.Count == 8 ? S.Load(column + 3 * S.Count) : z0;
            Row<S, V>(a, z0, z1, z2, z3, ref a00, ref a01, ref a02, ref a03);
            if (R.Count > 1)
            {
                Row<S, V>(a + 1, z0, z1, z2, z3, ref a10, ref a11, ref a12, ref a13);
            }
            if (R.Count > 2)
            {
                Row<S, V>(a + 2, z0, z1, z2, z3, ref a20, ref a21, ref a22, ref a23);
            }
            if (R.Count > 3)
            {
                Row<S, V>(a + 3, z0, z1, z2, z3, ref a30, ref a31, ref a32, ref a33);
            }
        }
        V f0 = S.Zero, f1 = S.Zero, f2 = S.Zero, f3 = S.Zero;
        if (block > 0)
        {
            f0 = S.Load(forms);
            f1 = S.Load(forms + S.Count);
            f2 = S.Count == 8 ? S.Load(forms + 2 * S.Count) : f0;
            f3 = S.Count == 8 ? S.Load(forms + 3 * S.Count) : f0;
        }
        z += (nint)block * Stride;
        y += (nint)block * Stride;
        Keep<S, V>(z, y, a00, a01, a02, a03, ref f0, ref f1, ref f2, ref f3);
        if (R.Count > 1)
        {
            Keep<S, V>(z + 1 * Stride, y + 1 * Stride, a10, a11, a12, a13, ref f0, ref f1, ref f2, ref f3);
        }
        if (R.Count > 2)
        {
            Keep<S, V>(z + 2 * Stride, y + 2 * Stride, a20, a21, a22, a23, ref f0, ref f1, ref f2, ref f3);
        }
        if (R.Count > 3)
        {
            Keep<S, V>(z + 3 * Stride, y + 3 * Stride, a30, a31, a32, a33, ref f0, ref f1, ref f2, ref f3);
        }
        S.Store(forms, f0);
        S.Store(forms + S.Count, f1);
        if (S.Count == 8)
        {
            S.Store(forms + 2 * S.Count, f2);
            S.Store(forms + 3 * S.Count, f3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<S, V>(double* a, V z0, V z1, V z2, V z3, ref V a0, ref V a1, ref V a2, ref V a3)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V c = S.Broadcast(*a);
        a0 = S.Fma(c, z0, a0);
        a1 = S.Fma(c, z1, a1);
        if (S.Count == 8)
        {
            a2 = S.Fma(c, z2, a2);
            a3 = S.Fma(c, z3, a3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<S, V>(double* z, double* y, V a0, V a1, V a2, V a3, ref V f0, ref V f1, ref V f2, ref V f3)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        S.Store(y, a0);
        S.Store(y + S.Count, a1);
        f0 = S.Fma(a0, S.Load(z), f0);
        f1 = S.Fma(a1, S.Load(z + S.Count), f1);
        if (S.Count == 8)
        {
            S.Store(y + 2 * S.Count, a2);
            S.Store(y + 3 * S.Count, a3);
            f2 = S.Fma(a2, S.Load(z + 2 * S.Count), f2);
            f3 = S.Fma(a3, S.Load(z + 3 * S.Count), f3);
        }
    }
}
