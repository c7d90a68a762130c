namespace Latent.Families;

public sealed partial class SphericalGaussianFamily : IStepwiseFamily<SphericalGaussian>
{
    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistics, ReadOnlySpan<SphericalGaussian> from, ReadOnlySpan<SphericalGaussian> to)
    {
        for (int k = 0; k < from.Length; k++)
        {
            Span<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            for (int j = 0; j < Columns; j++)
            {
                double shift = from[k].Mean[j] - to[k].Mean[j];
                own[1 + Columns] += shift * (2 * own[1 + j] + own[0] * shift);
                own[1 + j] += own[0] * shift;
            }
        }
    }
}
