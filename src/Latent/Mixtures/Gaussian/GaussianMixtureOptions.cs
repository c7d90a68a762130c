using Latent.Families;

namespace Latent.Mixtures;

/// <summary>How a Gaussian mixture is fitted.</summary>
public sealed record GaussianMixtureOptions : MixtureOptions<Gaussian>
{
    /// <summary>What the covariances may be. Default: full.</summary>
    public CovarianceStructure Covariance { get; init; } = CovarianceStructure.Full;

    /// <summary>
    /// The least eigenvalue of a covariance in units of the columns' variances: it keeps components from collapsing on a few rows and is
    /// inactive in a healthy fit. Default 1e-8; 0 for plain maximum likelihood, under which a collapse ends a start.
    /// </summary>
    public double CovarianceFloor { get; init; } = Families.CovarianceFloor.DefaultRelative;
}
