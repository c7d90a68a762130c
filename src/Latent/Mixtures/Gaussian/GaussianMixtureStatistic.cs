namespace Latent.Mixtures;

/// <summary>The E-step of a Gaussian mixture on part of the data: what its M-step needs, to be put together elsewhere. Holds no row.</summary>
/// <param name="Expected">The expected statistic.</param>
/// <param name="Columns">The moments of the columns about the mixture's mean, from which the floor of the covariances is made.</param>
public sealed record GaussianMixtureStatistic(PartialStatistic Expected, PartialStatistic Columns)
{
    /// <summary>Puts statistics together, as <see cref="PartialStatistic.Merge"/>.</summary>
    /// <inheritdoc cref="PartialStatistic.Merge"/>
    public static GaussianMixtureStatistic Merge(IReadOnlyList<GaussianMixtureStatistic> statistics) => new(
        PartialStatistic.Merge([.. statistics.Select(statistic => statistic.Expected)]),
        PartialStatistic.Merge([.. statistics.Select(statistic => statistic.Columns)]));
}
