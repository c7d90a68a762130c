namespace Latent.Families;

/// <content>
/// Coordinates: the components' means, then the Cholesky factor of the common covariance row by row, all in units of the columns' standard
/// deviations; the factor's diagonal as logarithms.
/// </content>
public sealed partial class TiedGaussianFamily : ICoordinateFamily<TiedGaussian>
{
    /// <inheritdoc/>
    public int CoordinateCount(int components) => FreeParametersOf(components);

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<TiedGaussian> components, Span<double> point)
    {
        Covariance covariance = FrameOf(components).Covariance;
        for (int k = 0; k < components.Length; k++)
        {
            GaussianCoordinates.WriteMean(components[k].Mean, Floor, point.Slice(k * Columns, Columns));
        }
        GaussianCoordinates.WriteLower(covariance.Lower, Columns, Floor, point[(components.Length * Columns)..]);
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<TiedGaussian> like, Span<TiedGaussian> components)
    {
        double[][] means = new double[components.Length][];
        for (int k = 0; k < means.Length; k++)
        {
            if (GaussianCoordinates.TryReadMean(point.Slice(k * Columns, Columns), Floor) is not { } mean)
            {
                return false;
            }
            means[k] = mean;
        }
        if (GaussianCoordinates.TryReadCovariance(point[(means.Length * Columns)..], Columns, Floor) is not { } covariance)
        {
            return false;
        }
        TiedGaussian.Create(means, covariance).CopyTo(components);
        return true;
    }
}
