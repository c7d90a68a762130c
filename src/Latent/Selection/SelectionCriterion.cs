namespace Latent.Selection;

/// <summary>What ranks the cells of a <see cref="SelectionTable"/>: lower is better for each. ℓ is the log-likelihood in nats, p the number of free parameters, n the sum of row weights.</summary>
public enum SelectionCriterion
{
    /// <summary>−2ℓ + p·ln n [Schwarz1978].</summary>
    Bic,

    /// <summary>−2ℓ + 2p [Akaike1974].</summary>
    Aic,

    /// <summary>−2ℓ + 2p + 2p(p+1)/(n−p−1) [HurvichTsai1989]; +∞ where n ≤ p + 1.</summary>
    Aicc,

    /// <summary>BIC + 2·entropy of the posteriors [Biernacki2000].</summary>
    Icl,

    /// <summary>−2 times the log-likelihood of rows that had no part in the fit, summed over folds [Smyth2000].</summary>
    CrossValidation,

    /// <summary>
    /// Bootstrap likelihood-ratio tests of each number of components against the next, from the smallest on, until one is not significant [McLachlan1987]: that number is the structure's, and
    /// among structures BIC decides. Cells that were not chosen have no value.
    /// </summary>
    BootstrapLikelihoodRatio,
}
