namespace Latent.Families;

public sealed partial class FullGaussianFamily : IStepwiseFamily<Gaussian>
{
    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistics, ReadOnlySpan<Gaussian> from, ReadOnlySpan<Gaussian> to)
    {
        for (int k = 0; k < from.Length; k++)
        {
            Span<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            WhitenedMoments.Move(own[1..], own[0], from[k].Covariance, from[k].Mean, to[k].Covariance, to[k].Mean);
        }
    }
}
