using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Kernels;

/// <summary>
/// Sums over rows. Row i belongs to virtual lane i mod 8; each lane sums its rows in order, and the lanes l₀…l₇ join as
/// ((l0+l4)+(l2+l6)) + ((l1+l5)+(l3+l7)), so that every register width gives the same bits.
/// </summary>
internal static unsafe class Lanes
{
    /// <summary>Virtual lanes of a sum.</summary>
    public const int Count = 8;

    /// <summary>The sum of eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(double* lanes) =>
        ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));

    /// <summary>Sums each of <paramref name="count"/> consecutive groups of eight lanes.</summary>
    /// <param name="lanes">8·⌈count/8⌉·8 doubles must be readable when <paramref name="count"/> is not a multiple of 8.</param>
    /// <param name="sums">Receives the sums, as many as <paramref name="count"/> rounded up to a multiple of 8.</param>
    /// <param name="count">How many sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SumEach<S, V>(double* lanes, double* sums, int count)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        if (S.Count == 8)
        {
            for (int i = 0; i < count; i += 8)
            {
                SumEight(lanes + 8 * i).Store(sums + i);
            }
        }
        else if (S.Count == 4)
        {
            for (int i = 0; i < count; i += 4)
            {
                SumFour(lanes + 8 * i).Store(sums + i);
            }
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                sums[i] = Sum(lanes + 8 * i);
            }
        }
    }

    /// <summary>Σ weight·value over the rows of positive weight, a multiple of 8 of them; values elsewhere may be anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double WeightedSum<S, V>(int rows, double* weights, double* values)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* lanes = stackalloc double[Count];
        for (int lane = 0; lane < Count; lane += S.Count)
        {
            V sum = S.Zero;
            for (int row = lane; row < rows; row += Count)
            {
                V weight = S.Load(weights + row);
                sum = S.IfLess(S.Zero, weight, S.Fma(weight, S.Load(values + row), sum), sum);
            }
            S.Store(lanes + lane, sum);
        }
        return Sum(lanes);
    }

    /// <summary>Σ weight·value over the rows of positive weight, at the width in use.</summary>
    public static double WeightedSum(ReadOnlySpan<double> weights, ReadOnlySpan<double> values, SimdLevel level)
    {
        if (values.Length < weights.Length || weights.Length % Count != 0)
        {
            throw new ArgumentException($"Expected weights of a multiple of 8 rows and as many values, found {weights.Length} and {values.Length}.");
        }
        fixed (double* w = weights, v = values)
        {
            return level switch
            {
                SimdLevel.Vector512 => WeightedSum<Simd512, Vector512<double>>(weights.Length, w, v),
                SimdLevel.Vector256 => WeightedSum<Simd256, Vector256<double>>(weights.Length, w, v),
                _ => WeightedSum<SimdScalar, double>(weights.Length, w, v),
            };
        }
    }

    /// <summary>Eight sums from eight registers of eight lanes; for that width alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> SumEight<V>(V l0, V l1, V l2, V l3, V l4, V l5, V l6, V l7)
        where V : struct =>
        SumEight(
            Unsafe.BitCast<V, Vector512<double>>(l0), Unsafe.BitCast<V, Vector512<double>>(l1), Unsafe.BitCast<V, Vector512<double>>(l2), Unsafe.BitCast<V, Vector512<double>>(l3),
            Unsafe.BitCast<V, Vector512<double>>(l4), Unsafe.BitCast<V, Vector512<double>>(l5), Unsafe.BitCast<V, Vector512<double>>(l6), Unsafe.BitCast<V, Vector512<double>>(l7));

    /// <summary>
    /// Eight sums of eight lanes by three folds, each of which halves the lanes and joins two registers: 14 shuffles and 7 additions.
    /// The inputs are taken in the order that leaves the sums in theirs.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> SumEight(double* lanes) => SumEight(
        Vector512.Load(lanes), Vector512.Load(lanes + 8), Vector512.Load(lanes + 16), Vector512.Load(lanes + 24),
        Vector512.Load(lanes + 32), Vector512.Load(lanes + 40), Vector512.Load(lanes + 48), Vector512.Load(lanes + 56));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> SumEight(
        Vector512<double> l0, Vector512<double> l1, Vector512<double> l2, Vector512<double> l3,
        Vector512<double> l4, Vector512<double> l5, Vector512<double> l6, Vector512<double> l7)
    {
        Vector512<double> a = FoldHalves(l0, l2);
        Vector512<double> b = FoldHalves(l4, l6);
        Vector512<double> c = FoldHalves(l1, l3);
        Vector512<double> d = FoldHalves(l5, l7);
        Vector512<double> even = FoldQuarters(a, b);
        Vector512<double> odd = FoldQuarters(c, d);
        return Avx512F.UnpackLow(even, odd) + Avx512F.UnpackHigh(even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> FoldHalves(Vector512<double> a, Vector512<double> b) =>
        Avx512F.Shuffle4x128(a, b, 0b01_00_01_00) + Avx512F.Shuffle4x128(a, b, 0b11_10_11_10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> FoldQuarters(Vector512<double> a, Vector512<double> b) =>
        Avx512F.Shuffle4x128(a, b, 0b10_00_10_00) + Avx512F.Shuffle4x128(a, b, 0b11_01_11_01);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> SumFour(double* lanes)
    {
        Vector256<double> a = Vector256.Load(lanes) + Vector256.Load(lanes + 4);
        Vector256<double> b = Vector256.Load(lanes + 8) + Vector256.Load(lanes + 12);
        Vector256<double> c = Vector256.Load(lanes + 16) + Vector256.Load(lanes + 20);
        Vector256<double> d = Vector256.Load(lanes + 24) + Vector256.Load(lanes + 28);
        Vector256<double> ac = Avx.Permute2x128(a, c, 0x20) + Avx.Permute2x128(a, c, 0x31);
        Vector256<double> bd = Avx.Permute2x128(b, d, 0x20) + Avx.Permute2x128(b, d, 0x31);
        return Avx.UnpackLow(ac, bd) + Avx.UnpackHigh(ac, bd);
    }
}
