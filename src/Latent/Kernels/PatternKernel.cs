using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Latent.Data;

namespace Latent.Kernels;

/// <summary>What moves between a matrix, the batches of <see cref="CholeskyBatch"/> and the rows of a tile when rows miss cells.</summary>
/// <remarks>Indices come from the data and are checked when they are grouped; here are some 30 cycles per row, and checks would be half of them.</remarks>
[SkipLocalsInit]
internal static unsafe class PatternKernel
{
    private const int Stride = RowTile.Capacity;

    /// <summary>The length of a column of a conditional covariance: its size rounded up to whole registers.</summary>
    public static int Padded(int size) => (size + Lanes.Count - 1) & -Lanes.Count;

    /// <summary>Puts the picked rows and columns of a symmetric matrix into one lane of a batch; what it lacks in size is the unit matrix.</summary>
    /// <param name="matrix">Row-major d × d.</param>
    /// <param name="dimension">d.</param>
    /// <param name="picked">Rows and columns, ascending.</param>
    /// <param name="size">The size of the batch's matrices.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="batch">The batch.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(ReadOnlySpan<double> matrix, int dimension, ReadOnlySpan<int> picked, int size, int lane, Span<double> batch)
    {
        if (matrix.Length < dimension * dimension || batch.Length < CholeskyBatch.Length(size) || picked.Length > size)
        {
            throw new ArgumentException($"Expected at most {size} of {dimension} columns, found {picked.Length}.");
        }
        fixed (double* a = matrix, b = batch)
        fixed (int* p = picked)
        {
            double* target = b + lane;
            for (int i = 0; i < picked.Length; i++)
            {
                double* row = a + (nint)p[i] * dimension;
                for (int j = 0; j <= i; j++, target += Lanes.Count)
                {
                    *target = row[p[j]];
                }
            }
            for (int i = picked.Length; i < size; i++)
            {
                for (int j = 0; j <= i; j++, target += Lanes.Count)
                {
                    *target = i == j ? 1 : 0;
                }
            }
        }
    }

    /// <summary>
    /// Takes the conditional covariance C of the missing cells from one lane of a batch: to full columns of <see cref="Padded"/> length, and times the count
    /// to the triangle of a scatter.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(ReadOnlySpan<double> batch, int lane, ReadOnlySpan<int> missing, double count, Span<double> conditional, Span<double> triangle)
    {
        int size = missing.Length;
        int padded = Padded(size);
        if (batch.Length < CholeskyBatch.Length(size) || conditional.Length < size * padded)
        {
            throw new ArgumentException($"Expected a batch and room for {size} missing cells, found {batch.Length} and {conditional.Length}.");
        }
        fixed (double* b = batch, c = conditional, t = triangle)
        fixed (int* m = missing)
        {
            double* source = b + lane;
            for (int i = 0; i < size; i++)
            {
                double* row = t + (nint)m[i] * (m[i] + 1) / 2;
                for (int j = 0; j <= i; j++, source += Lanes.Count)
                {
                    double value = *source;
                    c[j * padded + i] = value;
                    c[i * padded + j] = value;
                    row[m[j]] = Math.FusedMultiplyAdd(count, value, row[m[j]]);
                }
            }
        }
    }

    /// <summary>
    /// Moves the missing cells of consecutive rows of one pattern to their conditional means, z_m ← z_m − C·r_m, and takes r_mᵀ·C·r_m from their quadratic forms.
    /// </summary>
    /// <param name="products">r = K·z, column-major with stride <see cref="RowTile.Capacity"/>.</param>
    /// <param name="missing">The missing columns.</param>
    /// <param name="conditional">C as <see cref="Spread"/> left it.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="z">The deviations, in the same layout.</param>
    /// <param name="forms">One per row of the tile.</param>
    /// <param name="level">The register width.</param>
    public static void Fill(
        ReadOnlySpan<double> products, ReadOnlySpan<int> missing, ReadOnlySpan<double> conditional, int first, int count, Span<double> z, Span<double> forms, SimdLevel level)
    {
        if (missing.IsEmpty)
        {
            return;
        }
        if (first + count > Stride || conditional.Length < missing.Length * Padded(missing.Length) || forms.Length < Stride || products.Length < (missing[^1] + 1) * Stride || z.Length < (missing[^1] + 1) * Stride)
        {
            throw new ArgumentException($"Expected rows of a tile and columns that it has, found rows from {first} to {first + count} and column {missing[^1]}.");
        }
        fixed (double* p = products, c = conditional, target = z, f = forms)
        fixed (int* m = missing)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Fill<Simd512, Vector512<double>>(p, m, missing.Length, c, first, count, target, f);
                    break;
                case SimdLevel.Vector256:
                    Fill<Simd256, Vector256<double>>(p, m, missing.Length, c, first, count, target, f);
                    break;
                default:
                    Fill<SimdScalar, double>(p, m, missing.Length, c, first, count, target, f);
                    break;
            }
        }
    }

    // One lane is one missing cell: a register of C·r for eight of them by as many multiply-adds as cells are missing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill<S, V>(double* products, int* missing, int size, double* conditional, int first, int count, double* z, double* forms)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* moves = stackalloc double[Lanes.Count];
        int padded = Padded(size);
        for (int row = first; row < first + count; row++)
        {
            double form = forms[row];
            for (int block = 0; block < size; block += Lanes.Count)
            {
                for (int lane = 0; lane < Lanes.Count; lane += S.Count)
                {
                    V sum = S.Zero;
                    double* column = conditional + block + lane;
                    for (int j = 0; j < size; j++, column += padded)
                    {
                        sum = S.Fma(S.Load(column), S.Broadcast(products[(nint)missing[j] * Stride + row]), sum);
                    }
                    S.Store(moves + lane, sum);
                }
                int last = Math.Min(Lanes.Count, size - block);
                for (int i = 0; i < last; i++)
                {
                    nint cell = (nint)missing[block + i] * Stride + row;
                    z[cell] -= moves[i];
                    form = Math.FusedMultiplyAdd(-moves[i], products[cell], form);
                }
            }
            forms[row] = form;
        }
    }
}
