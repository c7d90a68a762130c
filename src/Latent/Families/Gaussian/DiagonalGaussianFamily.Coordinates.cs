using Latent.Kernels;

namespace Latent.Families;

/// <content>Coordinates of each component: the mean in units of the columns' standard deviations, and the logarithms of the variances in units of theirs.</content>
public sealed partial class DiagonalGaussianFamily : ICoordinateFamily<DiagonalGaussian>
{
    /// <inheritdoc/>
    public int CoordinateCount(int components) => components * FreeParameters;

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<DiagonalGaussian> components, Span<double> point)
    {
        for (int k = 0; k < components.Length; k++)
        {
            Span<double> own = point.Slice(k * FreeParameters, FreeParameters);
            GaussianCoordinates.WriteMean(components[k].Mean, Floor, own);
            for (int j = 0; j < Columns; j++)
            {
                double unit = Floor.Unit(j);
                own[Columns + j] = Elementary.Log(components[k].Variances[j] / unit / unit);
            }
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<DiagonalGaussian> like, Span<DiagonalGaussian> components)
    {
        for (int k = 0; k < components.Length; k++)
        {
            ReadOnlySpan<double> own = point.Slice(k * FreeParameters, FreeParameters);
            if (GaussianCoordinates.TryReadMean(own[..Columns], Floor) is not { } mean)
            {
                return false;
            }
            double[] variances = new double[Columns];
            bool held = false;
            for (int j = 0; j < Columns; j++)
            {
                if (GaussianCoordinates.TryReadVariance(own[Columns + j], Floor.Unit(j), Floor.Least(j)) is not { } read)
                {
                    return false;
                }
                variances[j] = read.Variance;
                held |= read.Held;
            }
            components[k] = new DiagonalGaussian(mean, variances, held);
        }
        return double.IsPositiveInfinity(EigenvalueRatio) || Families.EigenvalueRatio.Holds(components.ToArray().Select(Spectrum), EigenvalueRatio);
    }
}
