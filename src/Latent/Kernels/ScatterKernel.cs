using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Latent.Data;

namespace Latent.Kernels;

/// <summary>
/// Weighted moments of the rows of a tile: Σ r·y and the lower triangle of Σ r·y·yᵀ.
/// </summary>
/// <remarks>
/// One SIMD lane is one row; the sums over rows follow <see cref="Lanes"/>. A register block is 4 × 4 pairs (4 × 2 with the 16 registers
/// of AVX2): per 8 rows, 8 loads and 16 multiply-adds, and at its end two folds of eight registers into one (14 shuffles and 7 additions each).
/// r·y is made once per block of four y, into 2 KiB that stay in the first-level cache. Groups of eight rows without weight are left
/// out; where half of the others' rows have none, the rest is gathered first.
/// </remarks>
[SkipLocalsInit]
internal static unsafe class ScatterKernel
{
    private const int Stride = RowTile.Capacity;
    private const int Height = 4;

    /// <summary>Doubles of a tile that are gathered into one without rows of weight zero, and the columns from which that pays.</summary>
    private const int Gathered = 64 * Stride;
    private const int LeastGathered = 12;

    /// <summary>The length of the statistic: d sums and the d(d+1)/2 of the triangle, row by row.</summary>
    public static int Length(int dimension) => dimension + dimension * (dimension + 1) / 2;

    /// <summary>Adds Σ r·y (d values) and Σ r·y·yᵀ (lower triangle, row by row) to <paramref name="statistic"/>.</summary>
    /// <param name="y">Column-major with stride <see cref="RowTile.Capacity"/>; finite wherever a row of the same eight has weight.</param>
    /// <param name="dimension">d.</param>
    /// <param name="weights">r: one per row, a multiple of 8 of them.</param>
    /// <param name="statistic">The sums so far.</param>
    /// <param name="level">The register width.</param>
    public static void Accumulate(ReadOnlySpan<double> y, int dimension, ReadOnlySpan<double> weights, Span<double> statistic, SimdLevel level)
    {
        KernelShape.CheckSums(dimension, y.Length, weights.Length, statistic.Length, Length(dimension));
        fixed (double* values = y, r = weights, sums = statistic)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Accumulate<Simd512, Vector512<double>>(values, dimension, r, weights.Length, sums);
                    break;
                case SimdLevel.Vector256:
                    Accumulate<Simd256, Vector256<double>>(values, dimension, r, weights.Length, sums);
                    break;
                default:
                    Accumulate<SimdScalar, double>(values, dimension, r, weights.Length, sums);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate<S, V>(double* y, int dimension, double* weights, int rows, double* statistic)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int* groups = stackalloc int[Stride / Lanes.Count];
        int count = KernelShape.Groups<S, V>(weights, rows, groups);
        if (count == 0)
        {
            return;
        }
        double* gathered = AlignedBuffer.Align(stackalloc double[Gathered + 7]);
        double* gatheredWeights = AlignedBuffer.Align(stackalloc double[Stride + 7]);
        int* indices = stackalloc int[Stride];
        int few = dimension < LeastGathered || dimension * Stride > Gathered ? Stride : KernelShape.Indices(weights, groups, count, indices);
        if (2 * few <= Lanes.Count * count)
        {
            count = Gather(y, dimension, weights, indices, few, gathered, gatheredWeights);
            y = gathered;
            weights = gatheredWeights;
            for (int g = 0; g < count; g++)
            {
                groups[g] = g * Lanes.Count;
            }
        }
        double* weighted = AlignedBuffer.Align(stackalloc double[Height * Stride + 7]);
        double* triangle = statistic + dimension;
        for (int block = 0; block < dimension; block += Height)
        {
            double* rowsOfY = y + (nint)block * Stride;
            switch (dimension - block)
            {
                case 1:
                    Block<S, V, One>(y, rowsOfY, block, weights, weighted, groups, count, statistic + block, triangle);
                    break;
                case 2:
                    Block<S, V, Two>(y, rowsOfY, block, weights, weighted, groups, count, statistic + block, triangle);
                    break;
                case 3:
                    Block<S, V, Three>(y, rowsOfY, block, weights, weighted, groups, count, statistic + block, triangle);
                    break;
                default:
                    Block<S, V, Four>(y, rowsOfY, block, weights, weighted, groups, count, statistic + block, triangle);
                    break;
            }
        }
    }

    /// <summary>
    /// The rows of positive weight side by side, where these are few: d copies for each row against d²/32 multiply-adds for each that is left out.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Gather(double* y, int dimension, double* weights, int* indices, int count, double* gathered, double* gatheredWeights)
    {
        int padded = (count + Lanes.Count - 1) & -Lanes.Count;
        for (int i = count; i < padded; i++)
        {
            indices[i] = indices[count - 1];
        }
        for (int i = 0; i < padded; i++)
        {
            gatheredWeights[i] = i < count ? weights[indices[i]] : 0;
        }
        for (int column = 0; column < dimension; column++, y += Stride, gathered += Stride)
        {
            for (int i = 0; i < padded; i++)
            {
                gathered[i] = y[indices[i]];
            }
        }
        return padded / Lanes.Count;
    }

    /// <summary>Rows [block, block + R) of the triangle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<S, V, R>(double* y, double* rowsOfY, int block, double* weights, double* weighted, int* groups, int count, double* sums, double* triangle)
        where S : struct, ISimd<S, V>
        where V : struct
        where R : struct, IHeight
    {
        double* lanes = AlignedBuffer.Align(stackalloc double[3 * Lanes.Count * Lanes.Count + 7]);
        double* folded = AlignedBuffer.Align(stackalloc double[3 * Lanes.Count + 7]);
        double* target = triangle + (nint)block * (block + 1) / 2;
        Weigh<S, V, R>(rowsOfY, weights, weighted, groups, count);
        for (int column = 0; column < block; column += Height)
        {
            Pairs<S, V, R>(weighted, y + (nint)column * Stride, groups, count, lanes, folded);
            double* row = target + column;
            for (int r = 0; r < R.Count; r++)
            {
                (Vector256.Load(row) + Vector256.Load(folded + Height * r)).Store(row);
                row += block + r + 1;
            }
        }
        Triangle<S, V, R>(weighted, rowsOfY, groups, count, lanes, folded);
        double* corner = target + block;
        double* sum = folded;
        for (int r = 0; r < R.Count; r++)
        {
            for (int c = 0; c <= r; c++)
            {
                corner[c] += *sum++;
            }
            corner += block + r + 1;
        }
        for (int r = 0; r < R.Count; r++)
        {
            sums[r] += *sum++;
        }
    }

    /// <summary>r·y of R values, the groups that count side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh<S, V, R>(double* y, double* weights, double* weighted, int* groups, int count)
        where S : struct, ISimd<S, V>
        where V : struct
        where R : struct, IHeight
    {
        for (int g = 0; g < count; g++)
        {
            for (int half = 0; half < Lanes.Count; half += S.Count)
            {
                int from = groups[g] + half;
                int to = g * Lanes.Count + half;
                V weight = S.Load(weights + from);
                S.Store(weighted + to, S.Multiply(weight, S.Load(y + from)));
                if (R.Count > 1)
                {
                    S.Store(weighted + 1 * Stride + to, S.Multiply(weight, S.Load(y + 1 * Stride + from)));
                }
                if (R.Count > 2)
                {
                    S.Store(weighted + 2 * Stride + to, S.Multiply(weight, S.Load(y + 2 * Stride + from)));
                }
                if (R.Count > 3)
                {
                    S.Store(weighted + 3 * Stride + to, S.Multiply(weight, S.Load(y + 3 * Stride + from)));
                }
            }
        }
    }

    /// <summary>The R × 4 sums of a block below the diagonal: pair (r, c) to 4r + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pairs<S, V, R>(double* weighted, double* y, int* groups, int count, double* lanes, double* folded)
        where S : struct, ISimd<S, V>
        where V : struct
        where R : struct, IHeight
    {
        for (int half = 0; half < Lanes.Count; half += S.Count)
        {
            for (int column = 0; column < Height; column += S.Count == 8 ? 4 : 2)
            {
                V a00 = S.Zero, a01 = S.Zero, a02 = S.Zero, a03 = S.Zero;
                V a10 = S.Zero, a11 = S.Zero, a12 = S.Zero, a13 = S.Zero;
                V a20 = S.Zero, a21 = S.Zero, a22 = S.Zero, a23 = S.Zero;
                V a30 = S.Zero, a31 = S.Zero, a32 = S.Zero, a33 = S.Zero;
                double* source = weighted + half;
                double* values = y + column * Stride + half;
                for (int g = 0; g < count; g++)
                {
                    double* from = values + groups[g];
                    V y0 = S.Load(from), y1 = S.Load(from + Stride);
                    V y2 = S.Count == 8 ? S.Load(from + 2 * Stride) : y0, y3 = S.Count == 8 ? S.Load(from + 3 * Stride) : y0;
                    Row<S, V>(source, y0, y1, y2, y3, ref a00, ref a01, ref a02, ref a03);
                    if (R.Count > 1)
                    {
                        Row<S, V>(source + 1 * Stride, y0, y1, y2, y3, ref a10, ref a11, ref a12, ref a13);
                    }
                    if (R.Count > 2)
                    {
                        Row<S, V>(source + 2 * Stride, y0, y1, y2, y3, ref a20, ref a21, ref a22, ref a23);
                    }
                    if (R.Count > 3)
                    {
                        Row<S, V>(source + 3 * Stride, y0, y1, y2, y3, ref a30, ref a31, ref a32, ref a33);
                    }
                    source += Lanes.Count;
                }
                if (S.Count == 8)
                {
                    Lanes.SumEight(a00, a01, a02, a03, a10, a11, a12, a13).Store(folded);
                    if (R.Count > 2)
                    {
                        Lanes.SumEight(a20, a21, a22, a23, a30, a31, a32, a33).Store(folded + 8);
                    }
                    return;
                }
                double* target = lanes + column * Lanes.Count + half;
                Keep<S, V>(target, a00, a01);
                if (R.Count > 1)
                {
                    Keep<S, V>(target + 1 * Height * Lanes.Count, a10, a11);
                }
                if (R.Count > 2)
                {
                    Keep<S, V>(target + 2 * Height * Lanes.Count, a20, a21);
                }
                if (R.Count > 3)
                {
                    Keep<S, V>(target + 3 * Height * Lanes.Count, a30, a31);
                }
            }
        }
        Lanes.SumEach<S, V>(lanes, folded, Height * R.Count);
    }

    /// <summary>The pairs c ≤ r of a block on the diagonal, row by row, and after them Σ r·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Triangle<S, V, R>(double* weighted, double* y, int* groups, int count, double* lanes, double* folded)
        where S : struct, ISimd<S, V>
        where V : struct
        where R : struct, IHeight
    {
        for (int half = 0; half < Lanes.Count; half += S.Count)
        {
            V a00 = S.Zero, m0 = S.Zero;
            V a10 = S.Zero, a11 = S.Zero, m1 = S.Zero;
            V a20 = S.Zero, a21 = S.Zero, a22 = S.Zero, m2 = S.Zero;
            V a30 = S.Zero, a31 = S.Zero, a32 = S.Zero, a33 = S.Zero, m3 = S.Zero;
            for (int g = 0; g < count; g++)
            {
                double* from = y + groups[g] + half;
                double* source = weighted + g * Lanes.Count + half;
                V r0 = S.Load(source);
                m0 = S.Add(m0, r0);
                a00 = S.Fma(r0, S.Load(from), a00);
                if (R.Count > 1)
                {
                    V r1 = S.Load(source + 1 * Stride);
                    m1 = S.Add(m1, r1);
                    a10 = S.Fma(r1, S.Load(from), a10);
                    a11 = S.Fma(r1, S.Load(from + 1 * Stride), a11);
                }
                if (R.Count > 2)
                {
                    V r2 = S.Load(source + 2 * Stride);
                    m2 = S.Add(m2, r2);
                    a20 = S.Fma(r2, S.Load(from), a20);
                    a21 = S.Fma(r2, S.Load(from + 1 * Stride), a21);
                    a22 = S.Fma(r2, S.Load(from + 2 * Stride), a22);
                }
                if (R.Count > 3)
                {
                    V r3 = S.Load(source + 3 * Stride);
                    m3 = S.Add(m3, r3);
                    a30 = S.Fma(r3, S.Load(from), a30);
                    a31 = S.Fma(r3, S.Load(from + 1 * Stride), a31);
                    a32 = S.Fma(r3, S.Load(from + 2 * Stride), a32);
                    a33 = S.Fma(r3, S.Load(from + 3 * Stride), a33);
                }
            }
            V none = S.Zero;
            if (S.Count == 8)
            {
                if (R.Count == 1)
                {
                    Lanes.SumEight(a00, m0, none, none, none, none, none, none).Store(folded);
                }
                else if (R.Count == 2)
                {
                    Lanes.SumEight(a00, a10, a11, m0, m1, none, none, none).Store(folded);
                }
                else if (R.Count == 3)
                {
                    Lanes.SumEight(a00, a10, a11, a20, a21, a22, m0, m1).Store(folded);
                    Lanes.SumEight(m2, none, none, none, none, none, none, none).Store(folded + 8);
                }
                else
                {
                    Lanes.SumEight(a00, a10, a11, a20, a21, a22, a30, a31).Store(folded);
                    Lanes.SumEight(a32, a33, m0, m1, m2, m3, none, none).Store(folded + 8);
                }
                return;
            }
            double* target = lanes + half;
            int first = R.Count * (R.Count + 1) / 2;
            S.Store(target, a00);
            S.Store(target + first * Lanes.Count, m0);
            if (R.Count > 1)
            {
                S.Store(target + 8, a10);
                S.Store(target + 16, a11);
                S.Store(target + (first + 1) * Lanes.Count, m1);
            }
            if (R.Count > 2)
            {
                S.Store(target + 24, a20);
                S.Store(target + 32, a21);
                S.Store(target + 40, a22);
                S.Store(target + (first + 2) * Lanes.Count, m2);
            }
            if (R.Count > 3)
            {
                S.Store(target + 48, a30);
                S.Store(target + 56, a31);
                S.Store(target + 64, a32);
                S.Store(target + 72, a33);
                S.Store(target + (first + 3) * Lanes.Count, m3);
            }
        }
        Lanes.SumEach<S, V>(lanes, folded, R.Count * (R.Count + 3) / 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<S, V>(double* weighted, V y0, V y1, V y2, V y3, ref V a0, ref V a1, ref V a2, ref V a3)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V r = S.Load(weighted);
        a0 = S.Fma(r, y0, a0);
        a1 = S.Fma(r, y1, a1);
        if (S.Count == 8)
        {
            a2 = S.Fma(r, y2, a2);
            a3 = S.Fma(r, y3, a3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<S, V>(double* lanes, V a0, V a1)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        S.Store(lanes, a0);
        S.Store(lanes + Lanes.Count, a1);
    }
}
