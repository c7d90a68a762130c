using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>
/// Takes from whitened rows what lies in the span of orthonormal vectors: y ← (I − QQᵀ)y, row by row of a run. One SIMD lane is one row; lanes outside the run
/// keep their value, since what is taken from them is multiplied by zero. 2·d·q multiply-adds per row.
/// </summary>
internal static class ProjectionKernel
{
    private const int Stride = Data.RowTile.Capacity;

    /// <summary>Projects rows [<paramref name="start"/>, <paramref name="end"/>).</summary>
    /// <param name="vectors">Q, one vector of d values after another.</param>
    /// <param name="count">How many.</param>
    /// <param name="dimension">d.</param>
    /// <param name="rows">y, column-major with stride <see cref="Data.RowTile.Capacity"/>.</param>
    /// <param name="start">The first row.</param>
    /// <param name="end">After the last row.</param>
    public static void Remove(ReadOnlySpan<double> vectors, int count, int dimension, Span<double> rows, int start, int end)
    {
        Span<double> mask = stackalloc double[Lanes.Count];
        for (int group = start & -Lanes.Count; group < end; group += Lanes.Count)
        {
            for (int lane = 0; lane < Lanes.Count; lane++)
            {
                mask[lane] = group + lane >= start && group + lane < end ? 1 : 0;
            }
            Vector512<double> inside = Vector512.Create<double>(mask);
            for (int v = 0; v < count; v++)
            {
                ReadOnlySpan<double> q = vectors.Slice(v * dimension, dimension);
                Vector512<double> dot = Vector512<double>.Zero;
                for (int j = 0; j < dimension; j++)
                {
                    dot = Vector512.FusedMultiplyAdd(Vector512.Create(q[j]), Vector512.Create<double>(rows.Slice(j * Stride + group, Lanes.Count)), dot);
                }
                dot = -dot * inside;
                for (int j = 0; j < dimension; j++)
                {
                    Span<double> target = rows.Slice(j * Stride + group, Lanes.Count);
                    Vector512.FusedMultiplyAdd(Vector512.Create(q[j]), dot, Vector512.Create<double>(target)).CopyTo(target);
                }
            }
        }
    }

    /// <summary>Σⱼ yⱼ² of every row.</summary>
    public static void Squares(ReadOnlySpan<double> rows, int dimension, Span<double> squares)
    {
        for (int group = 0; group < squares.Length; group += Lanes.Count)
        {
            Vector512<double> sum = Vector512<double>.Zero;
            for (int j = 0; j < dimension; j++)
            {
                Vector512<double> y = Vector512.Create<double>(rows.Slice(j * Stride + group, Lanes.Count));
                sum = Vector512.FusedMultiplyAdd(y, y, sum);
            }
            sum.CopyTo(squares[group..]);
        }
    }
}
