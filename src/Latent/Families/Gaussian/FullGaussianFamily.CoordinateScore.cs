namespace Latent.Families;

/// <content>The gradient in coordinates. A prior counts as rows of its own: p of scatter Λ, and κ at m.</content>
public sealed partial class FullGaussianFamily : ICoordinateScoreFamily<Gaussian>
{
    /// <inheritdoc/>
    public bool TryWriteCoordinateScore(ReadOnlySpan<double> statistics, ReadOnlySpan<Gaussian> components, Span<double> score)
    {
        int d = Columns;
        for (int k = 0; k < components.Length; k++)
        {
            Covariance covariance = components[k].Covariance;
            if (covariance.FloorActive)
            {
                return false;
            }
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            double n = own[0];
            double[] sum = own.Slice(1, d).ToArray();
            double[] scatter = GaussianCoordinateScore.Unpack(own[(1 + d)..], d);
            Prior?.AddTo(covariance, ref n, scatter);
            Prior?.AddTo(covariance, components[k].Mean, ref n, sum, scatter);
            Span<double> target = score.Slice(k * FreeParameters, FreeParameters);
            GaussianCoordinateScore.WriteMean(covariance, sum, Floor, target);
            GaussianCoordinateScore.WriteLower(covariance, n, scatter, Floor, target[d..]);
        }
        return !RatioBinds(components);
    }
}
