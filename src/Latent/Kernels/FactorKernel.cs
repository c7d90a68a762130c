using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Latent.Data;

namespace Latent.Kernels;

/// <summary>
/// Normal distributions of covariance Ψ + ΛΛᵀ without any d × d matrix: whitened scores u = Aᵀ(x − μ) of the factors and densities, then the sums Σ r(x − μ)uᵀ.
/// </summary>
/// <remarks>
/// One SIMD lane is one row. The density takes q + 2 multiply-adds per row and column, the sums q, in register blocks of sixteen rows × four factors and of two columns × four factors.
/// </remarks>
[SkipLocalsInit]
internal static unsafe class FactorKernel
{
    private const int Stride = RowTile.Capacity;
    private const int Height = 4;
    private const int Pass = 2 * Lanes.Count;

    /// <summary>Writes u = Aᵀ(x − μ) and constant − ½(Σ ((x−μ)s)² − ‖u‖²) of every row.</summary>
    /// <param name="negatedMean">−μ, d values.</param>
    /// <param name="scales">s, d values.</param>
    /// <param name="projection">A, row-major d × q.</param>
    /// <param name="factors">q.</param>
    /// <param name="tile">The rows.</param>
    /// <param name="constant">The log-density at the mean.</param>
    /// <param name="scores">Receives u, q columns with stride <see cref="RowTile.Capacity"/>, then one column of scratch; finite even where the squares overflow.</param>
    /// <param name="logDensity">Receives one value per row; −∞ where it is below the tile's floor.</param>
    public static void LogDensity(
        ReadOnlySpan<double> negatedMean, ReadOnlySpan<double> scales, ReadOnlySpan<double> projection, int factors, RowTile tile, double constant, Span<double> scores, Span<double> logDensity)
    {
        int dimension = negatedMean.Length;
        KernelShape.Check(tile, dimension, scores.Length, (factors + 1) * Stride, logDensity.Length);
        if (scales.Length != dimension || projection.Length != dimension * factors)
        {
            throw new ArgumentException($"Expected {dimension} scales and {dimension} × {factors} coefficients, found {scales.Length} and {projection.Length}.");
        }
        fixed (double* m = negatedMean, s = scales, a = projection, x = tile.Values, u = scores)
        {
            for (int row = 0; row < tile.PaddedRows; row += Pass)
            {
                double* squares = u + (nint)factors * Stride + row;
                Project<Two>(x + row, m, s, a, dimension, factors, 0, u + row, squares);
                for (int block = Height; block < factors; block += Height)
                {
                    Project<One>(x + row, m, s, a + block, dimension, factors, block, u + row, squares);
                }
            }
            Finish(u, factors, constant, tile.Floor, logDensity, tile.PaddedRows);
        }
    }

    private static void Project<Q>(double* x, double* m, double* s, double* a, int dimension, int factors, int block, double* u, double* squares)
        where Q : struct, IHeight
    {
        u += (nint)block * Stride;
        switch (factors - block)
        {
            case 1:
                Project<One, Q>(x, m, s, a, dimension, factors, u, squares);
                break;
            case 2:
                Project<Two, Q>(x, m, s, a, dimension, factors, u, squares);
                break;
            case 3:
                Project<Three, Q>(x, m, s, a, dimension, factors, u, squares);
                break;
            default:
                Project<Four, Q>(x, m, s, a, dimension, factors, u, squares);
                break;
        }
    }

    /// <summary>R scores and, where Q is two, the squares of sixteen rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Project<R, Q>(double* x, double* m, double* s, double* a, int dimension, int step, double* u, double* squares)
        where R : struct, IHeight
        where Q : struct, IHeight
    {
        Vector512<double> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default, q0 = default, q1 = default;
        for (int j = 0; j < dimension; j++, x += Stride, a += step)
        {
            Vector512<double> mean = Vector512.Create(m[j]);
            Vector512<double> first = Vector512.Load(x) + mean;
            Vector512<double> second = Vector512.Load(x + Lanes.Count) + mean;
            if (Q.Count > 1)
            {
                Vector512<double> scale = Vector512.Create(s[j]);
                Vector512<double> z = first * scale;
                Vector512<double> y = second * scale;
                q0 = Vector512.FusedMultiplyAdd(z, z, q0);
                q1 = Vector512.FusedMultiplyAdd(y, y, q1);
            }
            Multiply(a[0], first, second, ref a0, ref b0);
            if (R.Count > 1)
            {
                Multiply(a[1], first, second, ref a1, ref b1);
            }
            if (R.Count > 2)
            {
                Multiply(a[2], first, second, ref a2, ref b2);
            }
            if (R.Count > 3)
            {
                Multiply(a[3], first, second, ref a3, ref b3);
            }
        }
        Store(u, a0, b0);
        if (R.Count > 1)
        {
            Store(u + Stride, a1, b1);
        }
        if (R.Count > 2)
        {
            Store(u + 2 * Stride, a2, b2);
        }
        if (R.Count > 3)
        {
            Store(u + 3 * Stride, a3, b3);
        }
        if (Q.Count > 1)
        {
            Store(squares, q0, q1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(double coefficient, Vector512<double> first, Vector512<double> second, ref Vector512<double> a, ref Vector512<double> b)
    {
        Vector512<double> all = Vector512.Create(coefficient);
        a = Vector512.FusedMultiplyAdd(all, first, a);
        b = Vector512.FusedMultiplyAdd(all, second, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double* target, Vector512<double> first, Vector512<double> second)
    {
        first.Store(target);
        second.Store(target + Lanes.Count);
    }

    /// <summary>The densities from scores and squares; where the squares overflow the density is zero, and so are the scores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(double* u, int factors, double constant, ReadOnlySpan<double> floors, Span<double> logDensity, int rows)
    {
        Vector512<double> none = Vector512.Create(double.NegativeInfinity);
        for (int row = 0; row < rows; row += Lanes.Count)
        {
            Vector512<double> square = Vector512.Load(u + (nint)factors * Stride + row);
            Vector512<double> overflow = Vector512.Equals(square, Vector512.Create(double.PositiveInfinity));
            for (int k = 0; k < factors; k++)
            {
                double* place = u + (nint)k * Stride + row;
                Vector512<double> score = Vector512.ConditionalSelect(overflow, Vector512<double>.Zero, Vector512.Load(place));
                score.Store(place);
                square = Vector512.FusedMultiplyAdd(-score, score, square);
            }
            Vector512<double> value = Vector512.FusedMultiplyAdd(square, Vector512.Create(-0.5), Vector512.Create(constant));
            Vector512<double> floor = Vector512.Create(floors.Slice(row, Lanes.Count));
            Vector512.ConditionalSelect(Vector512.LessThan(value, floor), none, value).CopyTo(logDensity[row..]);
        }
    }

    /// <summary>Adds Σ r(x − μ)uᵀ.</summary>
    /// <param name="negatedMean">−μ, d values.</param>
    /// <param name="tile">The rows; finite wherever a row of the same eight has weight.</param>
    /// <param name="scores">u, q columns with stride <see cref="RowTile.Capacity"/>.</param>
    /// <param name="factors">q.</param>
    /// <param name="weights">r: one per row, a multiple of 8 of them.</param>
    /// <param name="sums">Receives d × q sums, row-major.</param>
    public static void Accumulate(ReadOnlySpan<double> negatedMean, RowTile tile, ReadOnlySpan<double> scores, int factors, ReadOnlySpan<double> weights, Span<double> sums)
    {
        int dimension = negatedMean.Length;
        KernelShape.CheckSums(dimension, tile.Values.Length, weights.Length, sums.Length, dimension * factors);
        KernelShape.CheckSums(factors, scores.Length, weights.Length, 0, 0);
        int* groups = stackalloc int[Stride / Lanes.Count];
        double* weighted = AlignedBuffer.Align(stackalloc double[Height * Stride + 7]);
        fixed (double* m = negatedMean, x = tile.Values, u = scores, r = weights, target = sums)
        {
            int count = 0;
            for (int row = 0; row < weights.Length; row += Lanes.Count)
            {
                groups[count] = row;
                count += Vector512.EqualsAll(Vector512.Load(r + row), Vector512<double>.Zero) ? 0 : 1;
            }
            for (int block = 0; block < factors && count > 0; block += Height)
            {
                int height = Math.Min(Height, factors - block);
                for (int k = 0; k < Height; k++)
                {
                    for (int g = 0; g < count; g++)
                    {
                        Vector512<double> score = k < height ? Vector512.Load(u + (nint)(block + k) * Stride + groups[g]) : Vector512<double>.Zero;
                        (score * Vector512.Load(r + groups[g])).Store(weighted + k * Stride + groups[g]);
                    }
                }
                Cross(height, m, x, dimension, factors, weighted, groups, count, target + block);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Cross(int height, double* m, double* x, int dimension, int step, double* weighted, int* groups, int count, double* sums)
    {
        double* folded = AlignedBuffer.Align(stackalloc double[Lanes.Count + 7]);
        for (int column = 0; column < dimension; column += 2)
        {
            // The last of an odd number stands in for the column that is not there.
            int next = Math.Min(column + 1, dimension - 1);
            Pair(m[column], m[next], x + (nint)column * Stride, x + (nint)next * Stride, weighted, groups, count, folded, height);
            for (int k = 0; k < height; k++)
            {
                sums[(nint)column * step + k] += folded[k];
                if (next > column)
                {
                    sums[(nint)next * step + k] += folded[Height + k];
                }
            }
        }
    }

    /// <summary>The sums of two columns with four factors, of which the first few are wanted.</summary>
    private static void Pair(double m0, double m1, double* x, double* y, double* weighted, int* groups, int count, double* folded, int height)
    {
        switch (height)
        {
            case 1:
                Pair<One>(m0, m1, x, y, weighted, groups, count, folded);
                break;
            case 2:
                Pair<Two>(m0, m1, x, y, weighted, groups, count, folded);
                break;
            case 3:
                Pair<Three>(m0, m1, x, y, weighted, groups, count, folded);
                break;
            default:
                Pair<Four>(m0, m1, x, y, weighted, groups, count, folded);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pair<R>(double m0, double m1, double* x, double* y, double* weighted, int* groups, int count, double* folded)
        where R : struct, IHeight
    {
        Vector512<double> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<double> mean0 = Vector512.Create(m0);
        Vector512<double> mean1 = Vector512.Create(m1);
        for (int g = 0; g < count; g++)
        {
            Vector512<double> first = Vector512.Load(x + groups[g]) + mean0;
            Vector512<double> second = Vector512.Load(y + groups[g]) + mean1;
            double* from = weighted + groups[g];
            Add(from, first, second, ref a0, ref b0);
            if (R.Count > 1)
            {
                Add(from + Stride, first, second, ref a1, ref b1);
            }
            if (R.Count > 2)
            {
                Add(from + 2 * Stride, first, second, ref a2, ref b2);
            }
            if (R.Count > 3)
            {
                Add(from + 3 * Stride, first, second, ref a3, ref b3);
            }
        }
        if (Avx512F.IsSupported)
        {
            Lanes.SumEight(a0, a1, a2, a3, b0, b1, b2, b3).Store(folded);
            return;
        }
        double* lanes = AlignedBuffer.Align(stackalloc double[Lanes.Count * Lanes.Count + 7]);
        Store(lanes, a0, a1);
        Store(lanes + 2 * Lanes.Count, a2, a3);
        Store(lanes + 4 * Lanes.Count, b0, b1);
        Store(lanes + 6 * Lanes.Count, b2, b3);
        Lanes.SumEach<SimdScalar, double>(lanes, folded, Lanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(double* weighted, Vector512<double> first, Vector512<double> second, ref Vector512<double> a, ref Vector512<double> b)
    {
        Vector512<double> score = Vector512.Load(weighted);
        a = Vector512.FusedMultiplyAdd(score, first, a);
        b = Vector512.FusedMultiplyAdd(score, second, b);
    }
}
