namespace Latent.Mixtures;

/// <summary>
/// A prior of the components of a Gaussian mixture that is taken from the data. The M-step then maximises log-likelihood plus log-prior,
/// and so does the whole fit; log-likelihood and criteria are reported without the prior.
/// </summary>
public abstract record CovariancePrior
{
    private CovariancePrior()
    {
    }

    /// <summary>No prior: maximum likelihood.</summary>
    public static CovariancePrior None { get; } = new NoPrior();

    /// <summary>
    /// A weak conjugate prior, the default of <c>priorControl()</c> in mclust [FraleyRaftery2007]: means μₖ | Σₖ ~ N(m, Σₖ/κ), m the columns' means; full
    /// and tied covariances inverse-Wishart with ν = d + 2 and scale S/K^(2/d), S the covariance of the data (its diagonal where it is singular);
    /// diagonal and spherical variances inverse-gamma with ν = d + 2 and scale tr(S)/d/K^(2/d), so that columns should be of one scale.
    /// </summary>
    /// <param name="shrinkage">κ ≥ 0: the rows that m counts for; 0 for no prior on the means.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="shrinkage"/> is negative or not finite.</exception>
    public static CovariancePrior Map(double shrinkage = 0.01) => shrinkage >= 0 && double.IsFinite(shrinkage)
        ? new MapPrior(shrinkage)
        : throw new ArgumentOutOfRangeException(nameof(shrinkage), shrinkage, "Expected a finite shrinkage of 0 or more. mclust's default is 0.01.");

    /// <summary>
    /// The penalty −a·Σ(tr(SΣₖ⁻¹) + log |Σₖ|), one term for each distinct covariance, S that of the data: consistent, and nearly unbiased since a vanishes beside n [ChenTan2009].
    /// </summary>
    /// <param name="strength">a &gt; 0; null for 1/√n, n the sum of row weights.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="strength"/> is not positive and finite.</exception>
    public static CovariancePrior Penalised(double? strength = null) => strength is null || (strength > 0 && double.IsFinite(strength.Value))
        ? new PenalisedPrior(strength)
        : throw new ArgumentOutOfRangeException(nameof(strength), strength, "Expected a finite strength above 0. Use CovariancePrior.None for no penalty.");

    internal sealed record NoPrior : CovariancePrior;

    internal sealed record MapPrior(double Shrinkage) : CovariancePrior;

    internal sealed record PenalisedPrior(double? Strength) : CovariancePrior;
}
