namespace Latent.Mixtures;

/// <summary>
/// What the covariances of a Gaussian mixture may be, Σₖ = λₖ·Dₖ·Aₖ·Dₖᵀ: volume λ, shape A, orientation D; each one for all components, or one for each [CeleuxGovaert1995].
/// In brackets the name in mclust, which the others bear themselves.
/// </summary>
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

    /// <summary>Σₖ = λ·I: one variance in all.</summary>
    EII,

    /// <summary>Σₖ = λ·A: one variance per column.</summary>
    EEI,

    /// <summary>Σₖ = λₖ·A: diagonal, of one shape.</summary>
    VEI,

    /// <summary>Σₖ = λ·Aₖ: diagonal, of one volume.</summary>
    EVI,

    /// <summary>Σₖ = λₖ·D·A·Dᵀ: multiples of one matrix.</summary>
    VEE,

    /// <summary>Σₖ = λ·D·Aₖ·Dᵀ: along common axes, of one volume.</summary>
    EVE,

    /// <summary>Σₖ = λₖ·D·Aₖ·Dᵀ: along common axes.</summary>
    VVE,

    /// <summary>Σₖ = λ·Dₖ·A·Dₖᵀ: of one shape and volume, turned.</summary>
    EEV,

    /// <summary>Σₖ = λₖ·Dₖ·A·Dₖᵀ: of one shape.</summary>
    VEV,

    /// <summary>Σₖ = λ·Dₖ·Aₖ·Dₖᵀ: of one volume.</summary>
    EVV,
}
