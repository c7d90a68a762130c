using Latent.Families;

namespace Latent.Mixtures;

/// <summary>How a mixture of Student-t distributions is fitted.</summary>
public sealed record StudentMixtureOptions : MixtureOptions<StudentT>
{
    /// <summary>What the scale matrices may be. Default: full.</summary>
    public CovarianceStructure Covariance { get; init; } = CovarianceStructure.Full;

    /// <summary>How the degrees of freedom are had. Default: estimated, for each component.</summary>
    public FreedomSharing FreedomSharing { get; init; } = FreedomSharing.Variable;

    /// <summary>The degrees of freedom of the starts, or of the fit where they are fixed. Default 10.</summary>
    public double Freedom { get; init; } = 10;

    /// <summary>The least eigenvalue of a scale matrix in units of the columns' variances. Default 1e-8; 0 for none.</summary>
    public double CovarianceFloor { get; init; } = Families.CovarianceFloor.DefaultRelative;

    /// <summary>A prior of locations and scale matrices, as of a Gaussian mixture's means and covariances. Default: none.</summary>
    public CovariancePrior Prior { get; init; } = CovariancePrior.None;
}
