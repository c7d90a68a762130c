using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Kernels;

/// <summary>
/// The nearest and the second nearest of many centers, for a tile of rows, in float32: min over k of s(k) + Σⱼ x(j)·c(j, k), by
/// blocks of a matrix product with the minimum taken from the registers, so that no rows × centers matrix exists.
/// </summary>
/// <remarks>
/// <para>
/// A SIMD lane is a row. A block is 2 registers of rows × 6 centers = 12 accumulators: per column 12 FMA, 2 loads and 6 broadcasts, so
/// that both FMA units are busy and the loads are not the limit; then 5 instructions per row register and center for the two minima.
/// Each score is one chain of FMA over the columns in order, hence the same bits at any width and any block.
/// </para>
/// <para>
/// Centers are packed in blocks of 6, the last of 6 or 3: 6 starting values, then 6 coefficients for each column. Padding
/// starts at +∞.
/// </para>
/// </remarks>
internal static unsafe class CenterScreen
{
    /// <summary>Rows of a tile, and the distance between its columns.</summary>
    public const int TileRows = 64;

    private const int Wide = 6;
    private const int Narrow = 3;
    private const int RowStep = 32;
    private const int CacheLine = 64;

    /// <summary>The number of floats that <see cref="Pack"/> writes.</summary>
    /// <param name="centers">The number of centers.</param>
    /// <param name="depth">Columns of the product.</param>
    public static int PackedLength(int centers, int depth) => Slots(centers) * (depth + 1);

    /// <summary>Where the packed block of a center begins, its width, and the center's place in it.</summary>
    public static (int Block, int Width, int Place) Slot(int center, int centers, int depth)
    {
        int first = center / Wide * Wide;
        int width = centers - first > Narrow ? Wide : Narrow;
        return (first * (depth + 1), width, center - first);
    }

    /// <summary>Packs one center; call <see cref="Clear"/> first.</summary>
    public static void Pack(Span<float> packed, int center, int centers, float start, ReadOnlySpan<float> coefficients)
    {
        (int block, int width, int place) = Slot(center, centers, coefficients.Length);
        packed[block + place] = start;
        for (int column = 0; column < coefficients.Length; column++)
        {
            packed[block + (column + 1) * width + place] = coefficients[column];
        }
    }

    /// <summary>Fills a packed array with padding that is never nearest.</summary>
    public static void Clear(Span<float> packed, int centers, int depth)
    {
        packed.Clear();
        for (int slot = centers; slot < Slots(centers); slot++)
        {
            (int block, _, int place) = Slot(slot, Slots(centers), depth);
            packed[block + place] = float.PositiveInfinity;
        }
    }

    /// <summary>The length of each row over the first <paramref name="columns"/> columns, times <paramref name="slack"/>, into the column after them.</summary>
    public static void Lengths(float* tile, int columns, float slack)
    {
        switch (Simd.Level)
        {
            case SimdLevel.Vector512:
                Lengths<SimdSingle512, Vector512<float>>(tile, columns, slack);
                break;
            case SimdLevel.Vector256:
                Lengths<SimdSingle256, Vector256<float>>(tile, columns, slack);
                break;
            default:
                Lengths<SimdSingleScalar, float>(tile, columns, slack);
                break;
        }
    }

    /// <summary>For each of the first <paramref name="rows"/> rows: the lowest score, the second lowest, and the first center that has the lowest.</summary>
    /// <param name="tile">Column-major, <see cref="TileRows"/> apart; all its rows are read, so that padding must be set.</param>
    /// <param name="rows">Rows in use.</param>
    /// <param name="depth">Columns.</param>
    /// <param name="packed">The packed centers.</param>
    /// <param name="centers">The number of centers, below 2²⁴.</param>
    /// <param name="best">Lowest scores; +∞ where none is below it.</param>
    /// <param name="second">Second lowest scores; +∞ for a single center.</param>
    /// <param name="index">The center of the lowest score.</param>
    /// <param name="ahead">Memory that will be read next: it is fetched meanwhile, and never touched.</param>
    /// <param name="aheadBytes">How much of it.</param>
    public static void Run(
        float* tile, int rows, int depth, float* packed, int centers, float* best, float* second, float* index, byte* ahead = null, long aheadBytes = 0)
    {
        switch (Simd.Level)
        {
            case SimdLevel.Vector512:
                Run<SimdSingle512, Vector512<float>>(tile, rows, depth, packed, centers, best, second, index, ahead, aheadBytes);
                break;
            case SimdLevel.Vector256:
                Run<SimdSingle256, Vector256<float>>(tile, rows, depth, packed, centers, best, second, index, ahead, aheadBytes);
                break;
            default:
                Run<SimdSingleScalar, float>(tile, rows, depth, packed, centers, best, second, index, ahead, aheadBytes);
                break;
        }
    }

    private static int Slots(int centers)
    {
        int rest = centers % Wide;
        return centers - rest + (rest == 0 ? 0 : rest > Narrow ? Wide : Narrow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Lengths<S, V>(float* tile, int columns, float slack)
        where S : struct, ISimdSingle<S, V>
        where V : struct
    {
        for (int row = 0; row < TileRows; row += 2 * S.Count)
        {
            float* x = tile + row;
            V sum0 = S.Broadcast(0);
            V sum1 = sum0;
            for (int column = 0; column < columns; column++, x += TileRows)
            {
                V x0 = S.Load(x);
                V x1 = S.Load(x + S.Count);
                sum0 = S.Fma(x0, x0, sum0);
                sum1 = S.Fma(x1, x1, sum1);
            }
            S.Store(x, S.Multiply(S.Sqrt(sum0), S.Broadcast(slack)));
            S.Store(x + S.Count, S.Multiply(S.Sqrt(sum1), S.Broadcast(slack)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<S, V>(
        float* tile, int rows, int depth, float* packed, int centers, float* best, float* second, float* index, byte* ahead, long aheadBytes)
        where S : struct, ISimdSingle<S, V>
        where V : struct
    {
        int padded = (rows + RowStep - 1) & -RowStep;
        new Span<float>(best, padded).Fill(float.PositiveInfinity);
        new Span<float>(second, padded).Fill(float.PositiveInfinity);
        new Span<float>(index, padded).Clear();
        byte* aheadEnd = ahead + aheadBytes;
        int blocks = padded / (2 * S.Count) * ((centers + Wide - 1) / Wide);
        long share = ((aheadBytes / blocks + CacheLine - 1) & -CacheLine) + CacheLine;
        for (int row = 0; row < padded; row += 2 * S.Count)
        {
            float* block = packed;
            int first = 0;
            for (; centers - first > Narrow; first += Wide)
            {
                ahead = Fetch(ahead, aheadEnd, share);
                Six<S, V>(tile + row, depth, block, first, best + row, second + row, index + row);
                block += Wide * (depth + 1);
            }
            if (first < centers)
            {
                ahead = Fetch(ahead, aheadEnd, share);
                Three<S, V>(tile + row, depth, block, first, best + row, second + row, index + row);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Fetch(byte* from, byte* end, long share)
    {
        if (!Sse.IsSupported)
        {
            return from;
        }
        byte* to = end - from < share ? end : from + share;
        for (; from < to; from += CacheLine)
        {
            Sse.Prefetch0(from);
        }
        return from;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six<S, V>(float* x, int depth, float* c, float first, float* best, float* second, float* index)
        where S : struct, ISimdSingle<S, V>
        where V : struct
    {
        V a0 = S.Broadcast(c[0]), a1 = S.Broadcast(c[1]), a2 = S.Broadcast(c[2]), a3 = S.Broadcast(c[3]), a4 = S.Broadcast(c[4]), a5 = S.Broadcast(c[5]);
        V b0 = a0, b1 = a1, b2 = a2, b3 = a3, b4 = a4, b5 = a5;
        for (int column = 0; column < depth; column++)
        {
            c += Wide;
            V x0 = S.Load(x);
            V x1 = S.Load(x + S.Count);
            x += TileRows;
            V k = S.Broadcast(c[0]);
            a0 = S.Fma(x0, k, a0);
            b0 = S.Fma(x1, k, b0);
            k = S.Broadcast(c[1]);
            a1 = S.Fma(x0, k, a1);
            b1 = S.Fma(x1, k, b1);
            k = S.Broadcast(c[2]);
            a2 = S.Fma(x0, k, a2);
            b2 = S.Fma(x1, k, b2);
            k = S.Broadcast(c[3]);
            a3 = S.Fma(x0, k, a3);
            b3 = S.Fma(x1, k, b3);
            k = S.Broadcast(c[4]);
            a4 = S.Fma(x0, k, a4);
            b4 = S.Fma(x1, k, b4);
            k = S.Broadcast(c[5]);
            a5 = S.Fma(x0, k, a5);
            b5 = S.Fma(x1, k, b5);
        }
        Merge<S, V>(a0, a1, a2, first, best, second, index);
        Merge<S, V>(a3, a4, a5, first + 3, best, second, index);
        Merge<S, V>(b0, b1, b2, first, best + S.Count, second + S.Count, index + S.Count);
        Merge<S, V>(b3, b4, b5, first + 3, best + S.Count, second + S.Count, index + S.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Three<S, V>(float* x, int depth, float* c, float first, float* best, float* second, float* index)
        where S : struct, ISimdSingle<S, V>
        where V : struct
    {
        V a0 = S.Broadcast(c[0]), a1 = S.Broadcast(c[1]), a2 = S.Broadcast(c[2]);
        V b0 = a0, b1 = a1, b2 = a2;
        for (int column = 0; column < depth; column++)
        {
            c += Narrow;
            V x0 = S.Load(x);
            V x1 = S.Load(x + S.Count);
            x += TileRows;
            V k = S.Broadcast(c[0]);
            a0 = S.Fma(x0, k, a0);
            b0 = S.Fma(x1, k, b0);
            k = S.Broadcast(c[1]);
            a1 = S.Fma(x0, k, a1);
            b1 = S.Fma(x1, k, b1);
            k = S.Broadcast(c[2]);
            a2 = S.Fma(x0, k, a2);
            b2 = S.Fma(x1, k, b2);
        }
        Merge<S, V>(a0, a1, a2, first, best, second, index);
        Merge<S, V>(b0, b1, b2, first, best + S.Count, second + S.Count, index + S.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Merge<S, V>(V s0, V s1, V s2, float first, float* best, float* second, float* index)
        where S : struct, ISimdSingle<S, V>
        where V : struct
    {
        V low = S.Load(best);
        V next = S.Load(second);
        V at = S.Load(index);
        at = S.IfLess(s0, low, S.Broadcast(first), at);
        next = S.Min(next, S.Max(s0, low));
        low = S.Min(s0, low);
        at = S.IfLess(s1, low, S.Broadcast(first + 1), at);
        next = S.Min(next, S.Max(s1, low));
        low = S.Min(s1, low);
        at = S.IfLess(s2, low, S.Broadcast(first + 2), at);
        next = S.Min(next, S.Max(s2, low));
        low = S.Min(s2, low);
        S.Store(best, low);
        S.Store(second, next);
        S.Store(index, at);
    }
}
