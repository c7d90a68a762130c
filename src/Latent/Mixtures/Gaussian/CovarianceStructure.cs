namespace Latent.Mixtures;

/// <summary>What the covariances of a Gaussian mixture may be; in brackets the name in mclust.</summary>
public enum CovarianceStructure
{
    /// <summary>Σₖ = σₖ²·I: one variance per component (VII).</summary>
    Spherical,

    /// <summary>Σₖ diagonal: a variance per component and column (VVI).</summary>
    Diagonal,

    /// <summary>Σₖ = Σ: one full covariance for all components (EEE).</summary>
    Tied,

    /// <summary>Σₖ free (VVV).</summary>
    Full,
}
