using Latent.Families;

namespace Latent.Incomplete;

/// <summary>How a multivariate normal distribution is fitted to incomplete rows.</summary>
public sealed record MultivariateNormalOptions : EmOptions
{
    /// <summary>
    /// κ, in rows: a prior that shrinks covariances, but not variances, towards zero, as κ more rows with independent columns would; Amelia's
    /// <c>empri</c>. Helps where columns are nearly dependent or rows few; about 1 % of the rows is a good first try. Default 0: maximum likelihood. With
    /// a ridge the result's <see cref="EmResult.Objective"/> is log-likelihood plus log-prior, which never decreases.
    /// </summary>
    public double Ridge { get; init; }

    /// <summary>
    /// The least eigenvalue of the covariance in units of the columns' variances: inactive in a healthy fit. Default 1e-8; 0 for none, and a
    /// singular covariance is then an error.
    /// </summary>
    public double CovarianceFloor { get; init; } = Families.CovarianceFloor.DefaultRelative;

    /// <summary>Where to start; null: at the means and variances of the observed cells, without correlations.</summary>
    public Gaussian? Start { get; init; }
}
