using Latent.Data;

namespace Latent.Families;

/// <summary>Optional ability of a family of Gaussians: a bound on the ratio of the eigenvalues of all covariances of a mixture.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface IRatioFamily<TComponent>
{
    /// <summary>The same family with the bound C ≥ 1; +∞ for none.</summary>
    IFamily<TComponent, RowTile> WithEigenvalueRatio(double ratio);
}
