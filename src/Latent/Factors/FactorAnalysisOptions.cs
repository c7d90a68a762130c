namespace Latent.Factors;

/// <summary>How factors are fitted.</summary>
public sealed record FactorAnalysisOptions : EmOptions
{
    /// <summary>Whether all columns share one uniqueness: probabilistic principal components, whose loadings depend on the columns' units. Default false.</summary>
    public bool IsIsotropic { get; init; }

    /// <summary>How loadings are turned for reading; the likelihood does not see it. Default: none, the factors in the order of what they explain.</summary>
    public FactorRotation Rotation { get; init; } = FactorRotation.None;

    /// <summary>
    /// The least uniqueness as a share of the column's variance, in [0, 1). Default 1e-6: inactive unless the likelihood wants a factor to be one of the columns (a
    /// Heywood case), which is then reported.
    /// </summary>
    public double UniquenessFloor { get; init; } = 1e-6;

    /// <summary>Where to start; null: at the principal axes of the covariance with each column's uniqueness guessed from what the others leave of it [Joreskog1967].</summary>
    public FactorParameters? Start { get; init; }
}

/// <summary>A rotation of loadings.</summary>
public enum FactorRotation
{
    /// <summary>ΛᵀΨ⁻¹Λ diagonal, largest first.</summary>
    None,

    /// <summary>Varimax with Kaiser's normalisation [Kaiser1958]: few large loadings in every factor.</summary>
    Varimax,
}
