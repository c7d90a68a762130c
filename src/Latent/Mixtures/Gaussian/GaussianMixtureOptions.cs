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

    /// <summary>
    /// C ≥ 1: no eigenvalue of any covariance is more than C times another, columns measured in their standard deviations (for spherical covariances, no variance more than C times
    /// another): the constraint of tclust [Fritz2013]. The M-step is the exact maximiser under it. Default +∞: none. Full, diagonal and spherical covariances only.
    /// </summary>
    public double EigenvalueRatio { get; init; } = double.PositiveInfinity;

    /// <summary>
    /// What is known of the components beforehand, so that the data need not determine every covariance. Default: none, maximum likelihood. With a prior the result's
    /// <see cref="EmResult.Objective"/> is log-likelihood plus log-prior, which never decreases.
    /// </summary>
    public CovariancePrior Prior { get; init; } = CovariancePrior.None;
}
