using Latent.Families;
using Latent.Mixtures;

namespace Latent.Markov;

/// <summary>How a hidden Markov model with Gaussian emissions is fitted.</summary>
public sealed record GaussianHiddenMarkovOptions : HiddenMarkovOptions<Gaussian>
{
    /// <summary>What the covariances may be. Default: full.</summary>
    public CovarianceStructure Covariance { get; init; } = CovarianceStructure.Full;

    /// <summary>
    /// The least eigenvalue of a covariance in units of the columns' variances: it keeps states from collapsing on a few steps and is inactive in a healthy fit.
    /// Default 1e-8; 0 for plain maximum likelihood, under which a collapse ends a start.
    /// </summary>
    public double CovarianceFloor { get; init; } = Families.CovarianceFloor.DefaultRelative;

    /// <summary>What is known of means and covariances beforehand. Default: none, maximum likelihood.</summary>
    public CovariancePrior Prior { get; init; } = CovariancePrior.None;
}
