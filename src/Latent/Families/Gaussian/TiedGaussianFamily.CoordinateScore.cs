namespace Latent.Families;

/// <content>The gradient in coordinates. The scatter about the components' own means is T − Σₖ(sₖνₖᵀ + νₖsₖᵀ + nₖνₖνₖᵀ), sₖ = Σ r(z−νₖ).</content>
public sealed partial class TiedGaussianFamily : ICoordinateScoreFamily<TiedGaussian>
{
    /// <inheritdoc/>
    public bool TryWriteCoordinateScore(ReadOnlySpan<double> statistics, ReadOnlySpan<TiedGaussian> components, Span<double> score)
    {
        int d = Columns;
        Covariance covariance = FrameOf(components).Covariance;
        if (covariance.FloorActive)
        {
            return false;
        }
        ReadOnlySpan<double> total = statistics.Slice(components.Length * StatisticLength, TileStatisticLength);
        double n = total[0];
        double[] scatter = GaussianCoordinateScore.Unpack(total[(1 + d)..], d);
        Prior?.AddTo(covariance, ref n, scatter);
        for (int k = 0; k < components.Length; k++)
        {
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            double[] sum = own[1..].ToArray();
            double[] centre = components[k].NegatedWhitenedMean;
            for (int i = 0; i < d; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    scatter[i * d + j] += sum[i] * centre[j] + centre[i] * sum[j] - own[0] * centre[i] * centre[j];
                }
            }
            Prior?.AddTo(covariance, components[k].Mean, ref n, sum, scatter);
            GaussianCoordinateScore.WriteMean(covariance, sum, Floor, score.Slice(k * d, d));
        }
        GaussianCoordinateScore.WriteLower(covariance, n, scatter, Floor, score[(components.Length * d)..]);
        return true;
    }
}
