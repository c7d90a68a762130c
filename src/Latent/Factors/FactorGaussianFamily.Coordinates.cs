using Latent.Families;
using Latent.Kernels;

namespace Latent.Factors;

/// <content>
/// Coordinates: of each component its mean and loadings in units of the columns' deviations, then the logarithms of the uniquenesses, of each component or of all. Rotations of the loadings are left
/// in: no step of the map turns them.
/// </content>
public sealed partial class FactorGaussianFamily : ICoordinateFamily<FactorGaussian>
{
    private int PerComponent => Columns * (1 + Factors);

    /// <inheritdoc/>
    public int CoordinateCount(int components) => components * PerComponent + Noises(components);

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<FactorGaussian> components, Span<double> point)
    {
        int noises = Noises(1);
        for (int k = 0; k < components.Length; k++)
        {
            FactorParameters own = components[k].Parameters;
            Span<double> target = point.Slice(k * PerComponent, PerComponent);
            GaussianCoordinates.WriteMean(own.Mean, Floor, target);
            for (int index = 0; index < own.Loadings.Length; index++)
            {
                target[Columns + index] = own.Loadings[index] / Floor.Unit(index / Factors);
            }
            for (int j = 0; j < noises && (k == 0 || Sharing != UniquenessSharing.Common); j++)
            {
                double unit = Floor.Unit(j);
                point[components.Length * PerComponent + k * noises + j] = Elementary.Log(own.Uniquenesses[j] / unit / unit);
            }
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<FactorGaussian> like, Span<FactorGaussian> components)
    {
        int noises = Noises(1);
        double[] uniquenesses = new double[Columns];
        for (int k = 0; k < components.Length; k++)
        {
            ReadOnlySpan<double> own = point.Slice(k * PerComponent, PerComponent);
            ReadOnlySpan<double> logarithms = point.Slice(components.Length * PerComponent + (Sharing == UniquenessSharing.Common ? 0 : k * noises), noises);
            bool held = false;
            for (int j = 0; j < noises; j++)
            {
                double least = Sharing == UniquenessSharing.Isotropic ? Floor.LeastCommon() : Floor.Least(j);
                if (GaussianCoordinates.TryReadVariance(logarithms[j], Floor.Unit(j), least) is not { } read)
                {
                    return false;
                }
                uniquenesses[j] = read.Variance;
                held |= read.Held;
            }
            if (Sharing == UniquenessSharing.Isotropic)
            {
                Array.Fill(uniquenesses, uniquenesses[0]);
            }
            double[] loadings = new double[Columns * Factors];
            bool finite = true;
            for (int index = 0; index < loadings.Length; index++)
            {
                loadings[index] = own[Columns + index] * Floor.Unit(index / Factors);
                finite &= double.IsFinite(loadings[index] * loadings[index] / uniquenesses[index / Factors] * loadings.Length);
            }
            if (!finite || GaussianCoordinates.TryReadMean(own[..Columns], Floor) is not { } mean)
            {
                return false;
            }
            components[k] = new FactorGaussian(new FactorParameters(mean, loadings, uniquenesses), held);
        }
        return true;
    }
}
