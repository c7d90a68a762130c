using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>From log-densities to joint log-densities, with the floor below which a later component counts as nothing.</summary>
internal static unsafe class Joint
{
    /// <summary>More than <see cref="Softmax.Negligible"/>, for the rounding of sums of a log-density and a log weight.</summary>
    private const double Margin = -45;

    /// <summary>The rounding of large log-densities, with room to spare.</summary>
    private const double RelativeMargin = 1e-14;

    /// <summary>
    /// Adds log π to log-densities, raises the rows' greatest values so far to the sums, and sets the floors for the next component: what
    /// lies below is exactly zero after <see cref="Softmax"/>, whatever the components that follow.
    /// </summary>
    /// <param name="logDensity">log f in, log π + log f out; a multiple of 8 rows.</param>
    /// <param name="logWeight">log π.</param>
    /// <param name="greatest">The greatest of the rows so far; −∞ before the first component.</param>
    /// <param name="nextLogWeight">log π of the next component.</param>
    /// <param name="floors">Receives the floors of log f of the next component; NaN, which nothing is below, where there is none.</param>
    /// <param name="level">The register width.</param>
    public static void Add(Span<double> logDensity, double logWeight, Span<double> greatest, double nextLogWeight, Span<double> floors, SimdLevel level)
    {
        int rows = logDensity.Length;
        if (rows % Lanes.Count != 0 || greatest.Length < rows || floors.Length < rows)
        {
            throw new ArgumentException($"Expected a multiple of 8 rows and as many maxima and floors, found {rows}, {greatest.Length} and {floors.Length}.");
        }
        fixed (double* l = logDensity, g = greatest, f = floors)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Add<Simd512, Vector512<double>>(l, logWeight, g, nextLogWeight, f, rows);
                    break;
                case SimdLevel.Vector256:
                    Add<Simd256, Vector256<double>>(l, logWeight, g, nextLogWeight, f, rows);
                    break;
                default:
                    Add<SimdScalar, double>(l, logWeight, g, nextLogWeight, f, rows);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<S, V>(double* logDensity, double logWeight, double* greatest, double nextLogWeight, double* floors, int rows)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V weight = S.Broadcast(logWeight);
        V drop = S.Broadcast(Margin - nextLogWeight);
        V relative = S.Broadcast(RelativeMargin);
        for (int row = 0; row < rows; row += S.Count)
        {
            V joint = S.Add(S.Load(logDensity + row), weight);
            // A NaN is not kept: the row will be found by its log-sum.
            V most = S.Max(joint, S.Load(greatest + row));
            V size = S.Max(most, S.Subtract(S.Zero, most));
            S.Store(logDensity + row, joint);
            S.Store(greatest + row, most);
            S.Store(floors + row, S.Add(S.FmaNegated(size, relative, most), drop));
        }
    }
}
