using Latent.Factors;

namespace Latent.Mixtures;

/// <summary>How a mixture of factor analysers is fitted.</summary>
public sealed record FactorMixtureOptions : MixtureOptions<FactorGaussian>
{
    /// <summary>What the uniquenesses may be. Default: one for each column and component.</summary>
    public UniquenessSharing Uniquenesses { get; init; } = UniquenessSharing.Own;

    /// <summary>
    /// The least uniqueness as a share of the column's variance (of their mean, where columns share one), in [0, 1). Default 1e-6: inactive unless the likelihood wants a factor to be one of the
    /// columns (a Heywood case) or a component collapses, which is then reported.
    /// </summary>
    public double UniquenessFloor { get; init; } = 1e-6;
}
