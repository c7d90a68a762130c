using System.Runtime.CompilerServices;
using Latent.Kernels;

namespace Latent.Clustering;

/// <summary>
/// The nearest of all centers, exactly: argmin over k of Σⱼ (xⱼ − cₖⱼ)² in float64 by direct differences, the lowest index among equals.
/// </summary>
/// <remarks>
/// <para>
/// A float32 product screens first: s(k) = ‖c‖² − 2x·c about the frame's origin, less a bound e(k) on everything that rounding can do to
/// it, so that the true value lies in [s(k), s(k) + 2e(k)]. Where the second lowest s exceeds the lowest s + 2e, the lowest is the
/// answer; the rest, some rows in 10⁴, are searched in float64. The labels are those of float64 at the speed of float32.
/// </para>
/// <para>
/// The bound: d + 1 chained FMA, two rounded factors and one rounded start err by at most γ·(‖c‖² + 2‖x‖‖c‖) with
/// γ = (d + 6)·u/(1 − (d + 6)·u), u = 2⁻²⁴ [Higham2002, §3.1], by Cauchy and Schwarz. Its part that depends on the row, 2γ‖x‖‖c‖, is one more
/// column of the product.
/// </para>
/// </remarks>
internal sealed unsafe class NearestCenters
{
    private const double Unit = 1.0 / (1 << 24);
    private const double Tiny = 1e-30;
    private const double Farthest = 1L << 40;

    private readonly KMeansCenters _centers;
    private readonly int _columns;
    private readonly float[] _packed;
    private readonly double[] _points;
    private readonly int _stride;
    private readonly float _lengthSlack;

    // 2e(k) = margin of k + (next margin)·‖x‖.
    private readonly float[] _margins;
    private readonly bool _screens;

    public NearestCenters(KMeansCenters centers, Frame frame)
    {
        _centers = centers;
        _columns = centers.Columns;
        Frame = frame;
        _stride = (centers.Count + SquaredDistances.Lanes - 1) / SquaredDistances.Lanes * SquaredDistances.Lanes;
        _points = Transpose(centers, _stride);
        double roundings = (_columns + 6) * Unit;
        double gamma = 1.01 * roundings / (1 - roundings);
        _lengthSlack = (float)(1 + gamma + Unit);
        _margins = new float[2 * centers.Count];
        _packed = new float[CenterScreen.PackedLength(centers.Count, _columns + 1)];
        _screens = roundings < 0.1 && centers.Count < 1 << 24 && Pack(gamma);
    }

    /// <summary>The frame that the centers are packed for.</summary>
    public Frame Frame { get; }

    /// <summary>Labels up to 64 rows.</summary>
    /// <param name="rows">Row-major values.</param>
    /// <param name="next">Rows that will be labelled next, whose memory is fetched meanwhile; may be empty.</param>
    /// <param name="work">Buffers; its labels are set.</param>
    /// <returns>How many rows the screen could not decide.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Assign(ReadOnlySpan<double> rows, ReadOnlySpan<byte> next, NearestWorkspace work)
    {
        int count = rows.Length / _columns;
        work.EnsureDistances(_stride);
        fixed (double* x = rows, origin = Frame.Origin, points = _points)
        fixed (float* packed = _packed, margins = _margins)
        fixed (byte* ahead = next)
        fixed (int* labels = work.Labels)
        {
            if (_screens)
            {
                ScreenTile.Fill(x, count, _columns, origin, Frame.Scale, work.Tile);
                CenterScreen.Lengths(work.Tile, _columns, _lengthSlack);
                CenterScreen.Run(work.Tile, count, _columns + 1, packed, _centers.Count, work.Best, work.Second, work.Index, ahead, next.Length);
            }
            int undecided = 0;
            float* lengths = work.Tile + _columns * NearestWorkspace.TileRows;
            float* lowest = work.Best, second = work.Second, index = work.Index;
            for (int row = 0; row < count; row++)
            {
                int best = (int)index[row];
                float* margin = margins + 2 * best;
                if (!_screens || !(second[row] - lowest[row] > margin[0] + margin[1] * lengths[row]))
                {
                    best = Search(x + (long)row * _columns, points, work.Distances);
                    undecided++;
                }
                labels[row] = best;
            }
            return undecided;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Search(double* row, double* points, double[] distances)
    {
        fixed (double* d = distances)
        {
            SquaredDistances.ToPoints(row, _columns, points, _stride, d);
        }
        int best = 0;
        double least = double.PositiveInfinity;
        for (int center = 0; center < _centers.Count; center++)
        {
            if (distances[center] < least)
            {
                (best, least) = (center, distances[center]);
            }
        }
        return best;
    }

    private bool Pack(double gamma)
    {
        int depth = _columns + 1;
        CenterScreen.Clear(_packed, _centers.Count, depth);
        Span<float> coefficients = depth <= 256 ? stackalloc float[depth] : new float[depth];
        for (int center = 0; center < _centers.Count; center++)
        {
            ReadOnlySpan<double> c = _centers[center];
            double squares = 0;
            for (int column = 0; column < _columns; column++)
            {
                double value = (c[column] - Frame.Origin[column]) * Frame.Scale;
                squares = Math.FusedMultiplyAdd(value, value, squares);
                coefficients[column] = (float)(-2 * value);
            }
            if (!(squares <= Farthest))
            {
                return false;
            }
            double perLength = 2 * gamma * Math.Sqrt(squares);
            coefficients[_columns] = (float)-perLength;
            CenterScreen.Pack(_packed, center, _centers.Count, (float)(squares - gamma * squares - Tiny), coefficients);
            _margins[2 * center] = (float)(2.001 * (gamma * squares + Tiny));
            _margins[2 * center + 1] = (float)(2.001 * perLength);
        }
        return true;
    }

    private static double[] Transpose(KMeansCenters centers, int stride)
    {
        double[] points = new double[stride * centers.Columns];
        for (int center = 0; center < centers.Count; center++)
        {
            ReadOnlySpan<double> values = centers[center];
            for (int column = 0; column < values.Length; column++)
            {
                points[column * stride + center] = values[column];
            }
        }
        return points;
    }
}
