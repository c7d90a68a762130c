using Latent.Families;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Incomplete;

/// <content>Ill-conditioned covariances: rows completed, and summed, in whitened coordinates.</content>
internal sealed partial class PatternWorkspace
{
    /// <summary>The variance inflation above which sums are of whitened deviations: as many digits are lost without.</summary>
    private const double MostInflation = 1e5;

    private MissingFrame? _frame;

    /// <summary>
    /// Whose whitened deviations the sums are of: the covariance itself where it is ill-conditioned, and the given unit, which leaves deviations as they are, elsewhere.
    /// </summary>
    public static Covariance FrameOf(Covariance covariance, Covariance unit) => IsWhitened(covariance) ? covariance : unit;

    private static bool IsWhitened(Covariance covariance) => !(covariance.Precision.Inflation <= MostInflation);

    /// <summary>Fills the tile's completed deviations, whitened, and quadratic forms.</summary>
    private void FillWhitened(Covariance covariance, PatternChunk chunk, int tile)
    {
        int d = _columns;
        int start = tile * Stride;
        int count = Math.Min(Stride, chunk.Rows - start);
        ProductKernel.Subtract(chunk.Values(tile), _shift, chunk.Counts(tile), _z.Span, Simd.Level);
        Span<double> z = _z.Span;
        Span<double> own = _small.AsSpan(0, d);
        Span<double> y = _small.AsSpan(d, d);
        for (int row = 0; row < count; row++)
        {
            int pattern = chunk.PatternOf(start + row);
            if (_frame is null || pattern >= _last)
            {
                Frame(covariance, chunk, pattern);
            }
            own.Clear();
            foreach (int column in chunk.Observed(pattern))
            {
                own[column] = z[column * Stride + row];
            }
            Cholesky.Multiply(covariance.Whitening, own, y);
            for (int v = 0; v < _frame!.Count; v++)
            {
                ReadOnlySpan<double> basis = _frame.Basis.AsSpan(v * d, d);
                double dot = 0;
                for (int i = 0; i < d; i++)
                {
                    dot = Math.FusedMultiplyAdd(basis[i], y[i], dot);
                }
                for (int i = 0; i < d; i++)
                {
                    y[i] = Math.FusedMultiplyAdd(-dot, basis[i], y[i]);
                }
            }
            double form = 0;
            for (int i = 0; i < d; i++)
            {
                form = Math.FusedMultiplyAdd(y[i], y[i], form);
                z[i * Stride + row] = y[i];
            }
            _forms.Span[row] = form;
        }
    }

    /// <summary>The frame of a pattern, and what it contributes whatever its rows.</summary>
    private void Frame(Covariance covariance, PatternChunk chunk, int pattern)
    {
        _frame = MissingFrame.Of(covariance, chunk.Missing(pattern));
        _last = pattern + 1;
        double count = chunk.CountOf(pattern);
        _logDeterminants += count * (_columns * GaussianConstants.LogTwoPi + covariance.LogDeterminant - 2 * _frame.LogFactor);
        Span<double> triangle = _scatter.AsSpan(_columns);
        for (int i = 0; i < triangle.Length; i++)
        {
            triangle[i] = Math.FusedMultiplyAdd(count, _frame.Projector[i], triangle[i]);
        }
    }
}
