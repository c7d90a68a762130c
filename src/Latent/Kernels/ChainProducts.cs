using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>
/// Sums of outer products over steps: Σₜ xₜyₜᵀ, of which the expected transitions are made. Each entry is one chain of multiply-adds over the steps
/// in order, so that every register width gives the same bits.
/// </summary>
/// <remarks>Tiles of 8 × 8 or 4 × 8 sums stay in registers for all steps: per step and tile 8 (4) broadcasts, a load or two and 8 multiply-adds.</remarks>
internal static unsafe class ChainProducts
{
    /// <summary>sums += Σ over <paramref name="count"/> steps of left·rightᵀ.</summary>
    /// <param name="left">Steps × width.</param>
    /// <param name="right">Steps × width.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="width">4, or a multiple of 8.</param>
    /// <param name="sums">Width × width, row-major.</param>
    /// <param name="level">The register width.</param>
    public static void Add(ReadOnlySpan<double> left, ReadOnlySpan<double> right, int count, int width, Span<double> sums, SimdLevel level) =>
        Add(left, width, right, width, count, sums, level);

    /// <summary>The same of vectors of different lengths.</summary>
    /// <param name="left">Steps × height.</param>
    /// <param name="height">4, or a multiple of 8.</param>
    /// <param name="right">Steps × width.</param>
    /// <param name="width">4, or a multiple of 8; 4 only where the height is.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="sums">Height × width, row-major.</param>
    /// <param name="level">The register width.</param>
    public static void Add(ReadOnlySpan<double> left, int height, ReadOnlySpan<double> right, int width, int count, Span<double> sums, SimdLevel level)
    {
        if (left.Length < count * height || right.Length < count * width || sums.Length < height * width || width % 4 != 0 || height % Math.Min(width, 8) != 0)
        {
            throw new ArgumentException($"Expected {count} steps of {height} and {width} values and {height * width} sums, found {left.Length}, {right.Length} and {sums.Length}.");
        }
        fixed (double* x = left, y = right, s = sums)
        {
            switch (ChainMatrices.LevelOf(width, level))
            {
                case SimdLevel.Vector512:
                    Add<Simd512, Vector512<double>>(x, height, y, count, width, s);
                    break;
                case SimdLevel.Vector256:
                    Add<Simd256, Vector256<double>>(x, height, y, count, width, s);
                    break;
                default:
                    Add<SimdScalar, double>(x, height, y, count, width, s);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<S, V>(double* x, nint height, double* y, nint count, nint width, double* sums)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        if (S.Count == 8)
        {
            for (nint i = 0; i < height; i += 8)
            {
                for (nint j = 0; j < width; j += S.Count)
                {
                    Tall<S, V>(x + i, height, y + j, count, width, sums + i * width + j);
                }
            }
            return;
        }
        for (nint i = 0; i < height; i += 4)
        {
            nint j = 0;
            for (; j <= width - 2 * S.Count; j += 2 * S.Count)
            {
                Square<S, V>(x + i, height, y + j, count, width, sums + i * width + j);
            }
            for (; j < width; j += S.Count)
            {
                Flat<S, V>(x + i, height, y + j, count, width, sums + i * width + j);
            }
        }
    }

    /// <summary>Eight rows, one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tall<S, V>(double* x, nint height, double* y, nint count, nint width, double* sums)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V s0 = S.Load(sums), s1 = S.Load(sums + width), s2 = S.Load(sums + 2 * width), s3 = S.Load(sums + 3 * width);
        V s4 = S.Load(sums + 4 * width), s5 = S.Load(sums + 5 * width), s6 = S.Load(sums + 6 * width), s7 = S.Load(sums + 7 * width);
        for (nint t = 0; t < count; t++, x += height, y += width)
        {
            V v = S.Load(y);
            (s0, s1) = (S.Fma(S.Broadcast(x[0]), v, s0), S.Fma(S.Broadcast(x[1]), v, s1));
            (s2, s3) = (S.Fma(S.Broadcast(x[2]), v, s2), S.Fma(S.Broadcast(x[3]), v, s3));
            (s4, s5) = (S.Fma(S.Broadcast(x[4]), v, s4), S.Fma(S.Broadcast(x[5]), v, s5));
            (s6, s7) = (S.Fma(S.Broadcast(x[6]), v, s6), S.Fma(S.Broadcast(x[7]), v, s7));
        }
        Store<S, V>(sums, width, s0, s1, s2, s3);
        Store<S, V>(sums + 4 * width, width, s4, s5, s6, s7);
    }

    /// <summary>Four rows, two registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square<S, V>(double* x, nint height, double* y, nint count, nint width, double* sums)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* further = sums + S.Count;
        V s0 = S.Load(sums), s1 = S.Load(sums + width), s2 = S.Load(sums + 2 * width), s3 = S.Load(sums + 3 * width);
        V r0 = S.Load(further), r1 = S.Load(further + width), r2 = S.Load(further + 2 * width), r3 = S.Load(further + 3 * width);
        for (nint t = 0; t < count; t++, x += height, y += width)
        {
            V v = S.Load(y), w = S.Load(y + S.Count);
            V x0 = S.Broadcast(x[0]), x1 = S.Broadcast(x[1]), x2 = S.Broadcast(x[2]), x3 = S.Broadcast(x[3]);
            (s0, r0) = (S.Fma(x0, v, s0), S.Fma(x0, w, r0));
            (s1, r1) = (S.Fma(x1, v, s1), S.Fma(x1, w, r1));
            (s2, r2) = (S.Fma(x2, v, s2), S.Fma(x2, w, r2));
            (s3, r3) = (S.Fma(x3, v, s3), S.Fma(x3, w, r3));
        }
        Store<S, V>(sums, width, s0, s1, s2, s3);
        Store<S, V>(further, width, r0, r1, r2, r3);
    }

    /// <summary>Four rows, one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Flat<S, V>(double* x, nint height, double* y, nint count, nint width, double* sums)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V s0 = S.Load(sums), s1 = S.Load(sums + width), s2 = S.Load(sums + 2 * width), s3 = S.Load(sums + 3 * width);
        for (nint t = 0; t < count; t++, x += height, y += width)
        {
            V v = S.Load(y);
            (s0, s1) = (S.Fma(S.Broadcast(x[0]), v, s0), S.Fma(S.Broadcast(x[1]), v, s1));
            (s2, s3) = (S.Fma(S.Broadcast(x[2]), v, s2), S.Fma(S.Broadcast(x[3]), v, s3));
        }
        Store<S, V>(sums, width, s0, s1, s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<S, V>(double* sums, nint width, V s0, V s1, V s2, V s3)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        S.Store(sums, s0);
        S.Store(sums + width, s1);
        S.Store(sums + 2 * width, s2);
        S.Store(sums + 3 * width, s3);
    }
}
