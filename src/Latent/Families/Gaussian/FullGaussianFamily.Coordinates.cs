namespace Latent.Families;

/// <content>
/// Coordinates of each component: the mean, then the Cholesky factor row by row, both in units of the columns' standard deviations; the
/// factor's diagonal as logarithms.
/// </content>
public sealed partial class FullGaussianFamily : ICoordinateFamily<Gaussian>
{
    /// <inheritdoc/>
    public int CoordinateCount(int components) => components * FreeParameters;

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<Gaussian> components, Span<double> point)
    {
        for (int k = 0; k < components.Length; k++)
        {
            Span<double> own = point.Slice(k * FreeParameters, FreeParameters);
            GaussianCoordinates.WriteMean(components[k].Mean, Floor, own);
            GaussianCoordinates.WriteLower(components[k].Covariance.Lower, Columns, Floor, own[Columns..]);
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<Gaussian> like, Span<Gaussian> components)
    {
        for (int k = 0; k < components.Length; k++)
        {
            ReadOnlySpan<double> own = point.Slice(k * FreeParameters, FreeParameters);
            if (GaussianCoordinates.TryReadMean(own[..Columns], Floor) is not { } mean
                || GaussianCoordinates.TryReadCovariance(own[Columns..], Columns, Floor) is not { } covariance)
            {
                return false;
            }
            components[k] = new Gaussian(mean, covariance);
        }
        return double.IsPositiveInfinity(EigenvalueRatio) || Families.EigenvalueRatio.Holds(Spectra(components), EigenvalueRatio);
    }
}
