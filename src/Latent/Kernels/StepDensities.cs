using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>From log-densities of a tile to densities relative to the greatest of each row.</summary>
internal static unsafe class StepDensities
{
    /// <summary>Replaces log-densities ℓ (state-major: state k's row i at k·<paramref name="stride"/> + i) by exp(ℓ − maxₖ ℓ) and writes the maxima.</summary>
    /// <param name="values">ℓ in, relative densities out.</param>
    /// <param name="stride">Distance between the starts of two states' values.</param>
    /// <param name="states">The number of states.</param>
    /// <param name="greatest">Receives the maximum of each row, a multiple of 8 of them. −∞ where all are: such a row's densities are 0; NaN where one is NaN or +∞: so are the row's.</param>
    /// <param name="level">The register width.</param>
    public static void Relative(Span<double> values, int stride, int states, Span<double> greatest, SimdLevel level)
    {
        int rows = greatest.Length;
        if (rows > stride || rows % Lanes.Count != 0 || values.Length < (states - 1) * stride + rows)
        {
            throw new ArgumentException($"Expected {states} × {stride} values and a multiple of 8 rows, found {values.Length} and {rows}.");
        }
        fixed (double* v = values, g = greatest)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Relative<Simd512, Vector512<double>>(v, stride, states, g, rows);
                    break;
                case SimdLevel.Vector256:
                    Relative<Simd256, Vector256<double>>(v, stride, states, g, rows);
                    break;
                default:
                    Relative<SimdScalar, double>(v, stride, states, g, rows);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Relative<S, V>(double* values, nint stride, int states, double* greatest, int rows)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V none = S.Broadcast(double.NegativeInfinity);
        V tooMuch = S.Broadcast(double.PositiveInfinity);
        V least = S.Broadcast(-708.0);
        for (int row = 0; row < rows; row += S.Count)
        {
            double* first = values + row;
            double* end = first + states * stride;
            V max = none;
            V rest = S.Zero;
            for (double* p = first; p < end; p += stride)
            {
                V value = S.Load(p);
                max = S.Max(max, value);
                // 0 for what is below +∞, NaN for what is not.
                rest = S.Add(rest, S.IfLess(value, tooMuch, S.Zero, S.Subtract(value, value)));
            }
            // Where all are −∞, so that nothing is NaN for that reason.
            V origin = S.IfAtMost(max, none, S.Zero, max);
            for (double* p = first; p < end; p += stride)
            {
                V distance = S.Subtract(S.Load(p), origin);
                V term = S.IfLess(distance, least, S.Zero, Elementary.ExpInRange<S, V>(distance));
                S.Store(p, S.Add(term, rest));
            }
            S.Store(greatest + row, S.Add(max, rest));
        }
    }
}
