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

    /// <summary>Fits of as many components that this one contains, with fewer factors or uniquenesses that share more: the fit starts from each too, and so is never worse.</summary>
    internal IReadOnlyList<Mixture<FactorGaussian>> Contained { get; init; } = [];

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal void Check(int columns, int factors)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factors);
        if (factors > FactorParameters.MostFactors(columns, Uniquenesses))
        {
            throw new ArgumentOutOfRangeException(nameof(factors), factors, $"Expected fewer factors for {columns} columns: the loadings and uniquenesses would outnumber the covariances.");
        }
        if (!(UniquenessFloor >= 0 && UniquenessFloor < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(UniquenessFloor), UniquenessFloor, "Expected a uniqueness floor of at least 0 and below 1.");
        }
    }
}
