namespace Latent.Families;

public sealed partial class DiagonalGaussianFamily : IStepwiseFamily<DiagonalGaussian>
{
    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistics, ReadOnlySpan<DiagonalGaussian> from, ReadOnlySpan<DiagonalGaussian> to)
    {
        for (int k = 0; k < from.Length; k++)
        {
            Span<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            for (int j = 0; j < Columns; j++)
            {
                double shift = from[k].Mean[j] - to[k].Mean[j];
                own[1 + Columns + j] += shift * (2 * own[1 + j] + own[0] * shift);
                own[1 + j] += own[0] * shift;
            }
        }
    }
}
