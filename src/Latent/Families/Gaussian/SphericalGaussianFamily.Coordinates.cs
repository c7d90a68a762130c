using Latent.Kernels;

namespace Latent.Families;

/// <content>Coordinates of each component: the mean in units of the columns' standard deviations, and the logarithm of the variance.</content>
public sealed partial class SphericalGaussianFamily : ICoordinateFamily<SphericalGaussian>
{
    /// <inheritdoc/>
    public int CoordinateCount(int components) => components * FreeParameters;

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<SphericalGaussian> components, Span<double> point)
    {
        for (int k = 0; k < components.Length; k++)
        {
            Span<double> own = point.Slice(k * FreeParameters, FreeParameters);
            GaussianCoordinates.WriteMean(components[k].Mean, Floor, own);
            own[Columns] = Elementary.Log(components[k].Variance);
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<SphericalGaussian> like, Span<SphericalGaussian> components)
    {
        for (int k = 0; k < components.Length; k++)
        {
            ReadOnlySpan<double> own = point.Slice(k * FreeParameters, FreeParameters);
            if (GaussianCoordinates.TryReadMean(own[..Columns], Floor) is not { } mean
                || GaussianCoordinates.TryReadVariance(own[Columns], 1, Floor.LeastCommon()) is not { } read)
            {
                return false;
            }
            components[k] = new SphericalGaussian(mean, read.Variance, read.Held);
        }
        return double.IsPositiveInfinity(EigenvalueRatio) || Families.EigenvalueRatio.Holds(components.ToArray().Select(Spectrum), EigenvalueRatio);
    }
}
