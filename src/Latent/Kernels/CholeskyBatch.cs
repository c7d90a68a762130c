using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>
/// Eight small positive definite matrices factorised in lock-step: one SIMD lane is one matrix. Lower triangles row by row, the eight
/// values of an element side by side: element (i, j) of matrix l at (i(i+1)/2 + j)·8 + l.
/// </summary>
/// <remarks>
/// s³/6 multiply-adds each for the factor, its inverse and the square of that; two loads from memory per multiply-add, so that the loads are what
/// it costs. A lane's bits depend on its own matrix alone.
/// </remarks>
[SkipLocalsInit]
internal static unsafe class CholeskyBatch
{
    /// <summary>Doubles of eight triangles of <paramref name="size"/> rows.</summary>
    public static int Length(int size) => Lanes.Count * (size * (size + 1) / 2);

    /// <summary>
    /// Replaces each A by the inverse W of its Cholesky factor, A⁻¹ = WᵀW, and writes log |A|; both NaN where a matrix is not positive definite.
    /// </summary>
    public static void Invert(Span<double> matrices, int size, Span<double> logDeterminants, SimdLevel level)
    {
        if (matrices.Length < Length(size) || logDeterminants.Length < Lanes.Count)
        {
            throw new ArgumentException($"Expected {Length(size)} values and {Lanes.Count} determinants, found {matrices.Length} and {logDeterminants.Length}.");
        }
        fixed (double* a = matrices, l = logDeterminants)
        {
            for (int lane = 0; lane < Lanes.Count; lane += Width(level))
            {
                switch (level)
                {
                    case SimdLevel.Vector512:
                        Invert<Simd512, Vector512<double>>(a + lane, size, l + lane);
                        break;
                    case SimdLevel.Vector256:
                        Invert<Simd256, Vector256<double>>(a + lane, size, l + lane);
                        break;
                    default:
                        Invert<SimdScalar, double>(a + lane, size, l + lane);
                        break;
                }
            }
        }
    }

    /// <summary>Replaces each lower triangular W by the lower triangle of WᵀW.</summary>
    public static void Square(Span<double> matrices, int size, SimdLevel level)
    {
        if (matrices.Length < Length(size))
        {
            throw new ArgumentException($"Expected {Length(size)} values, found {matrices.Length}.");
        }
        fixed (double* a = matrices)
        {
            for (int lane = 0; lane < Lanes.Count; lane += Width(level))
            {
                switch (level)
                {
                    case SimdLevel.Vector512:
                        Square<Simd512, Vector512<double>>(a + lane, size);
                        break;
                    case SimdLevel.Vector256:
                        Square<Simd256, Vector256<double>>(a + lane, size);
                        break;
                    default:
                        Square<SimdScalar, double>(a + lane, size);
                        break;
                }
            }
        }
    }

    private static int Width(SimdLevel level) => level switch
    {
        SimdLevel.Vector512 => 8,
        SimdLevel.Vector256 => 4,
        _ => 1,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Invert<S, V>(double* a, int size, double* logDeterminants)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V one = S.Broadcast(1);
        V logs = S.Zero;
        double* row = a;
        for (int i = 0; i < size; i++)
        {
            // Row i of L, its part left of the diagonal against the rows above; what stands on their diagonals is 1/L already.
            double* other = a;
            V pivot = S.Load(row + i * Lanes.Count);
            for (int j = 0; j < i; j++)
            {
                V sum = S.Load(row + j * Lanes.Count);
                for (int k = 0; k < j; k++)
                {
                    sum = S.FmaNegated(S.Load(row + k * Lanes.Count), S.Load(other + k * Lanes.Count), sum);
                }
                V value = S.Multiply(sum, S.Load(other + j * Lanes.Count));
                S.Store(row + j * Lanes.Count, value);
                pivot = S.FmaNegated(value, value, pivot);
                other += (j + 1) * Lanes.Count;
            }
            logs = S.Add(logs, Elementary.Log<S, V>(pivot));
            S.Store(row + i * Lanes.Count, S.Divide(one, S.Sqrt(pivot)));
            row += (i + 1) * Lanes.Count;
        }
        S.Store(logDeterminants, logs);

        // W in place, row by row: Wᵢⱼ = −(1/Lᵢᵢ)·Σ Lᵢₖ·Wₖⱼ over k from j to i − 1 reads nothing of row i left of j.
        row = a;
        for (int i = 0; i < size; i++)
        {
            V scale = S.Load(row + i * Lanes.Count);
            for (int j = 0; j < i; j++)
            {
                V sum = S.Zero;
                for (int k = j; k < i; k++)
                {
                    sum = S.FmaNegated(S.Load(row + k * Lanes.Count), S.Load(a + (k * (k + 1) / 2 + j) * Lanes.Count), sum);
                }
                S.Store(row + j * Lanes.Count, S.Multiply(sum, scale));
            }
            row += (i + 1) * Lanes.Count;
        }
    }

    // In place: element (i, j) needs rows from i on, of row i only columns j and i.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Square<S, V>(double* a, int size)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* row = a;
        for (int i = 0; i < size; i++)
        {
            V corner = S.Load(row + i * Lanes.Count);
            for (int j = 0; j <= i; j++)
            {
                V sum = S.Multiply(corner, S.Load(row + j * Lanes.Count));
                double* below = row + (i + 1) * Lanes.Count;
                for (int k = i + 1; k < size; k++)
                {
                    sum = S.Fma(S.Load(below + i * Lanes.Count), S.Load(below + j * Lanes.Count), sum);
                    below += (k + 1) * Lanes.Count;
                }
                S.Store(row + j * Lanes.Count, sum);
            }
            row += (i + 1) * Lanes.Count;
        }
    }
}
