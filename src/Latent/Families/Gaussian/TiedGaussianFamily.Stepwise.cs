using Latent.Numerics;

namespace Latent.Families;

public sealed partial class TiedGaussianFamily : IStepwiseFamily<TiedGaussian>
{
    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistics, ReadOnlySpan<TiedGaussian> from, ReadOnlySpan<TiedGaussian> to)
    {
        TiedFrame before = FrameOf(from);
        TiedFrame after = FrameOf(to);
        double[] map = Cholesky.MultiplyLower(after.Covariance.Whitening, before.Covariance.Lower, Columns);
        double[] sum = new double[Columns];
        for (int k = 0; k < from.Length; k++)
        {
            Span<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            double[] shift = WhitenedMoments.Shift(after.Covariance, from[k].Mean, to[k].Mean);
            Cholesky.Multiply(map, own[1..], sum);
            for (int j = 0; j < Columns; j++)
            {
                own[1 + j] = sum[j] + own[0] * shift[j];
            }
        }
        Span<double> rows = statistics.Slice(from.Length * StatisticLength, TileStatisticLength);
        WhitenedMoments.Move(rows[1..], rows[0], before.Covariance, before.Origin, after.Covariance, after.Origin);
    }
}
