using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <content>The bound on the ratio of eigenvalues, which ties the components together.</content>
public sealed partial class FullGaussianFamily : IJointFamily<Gaussian>, IConstrainedFamily<Gaussian>, IRatioFamily<Gaussian>
{
    /// <summary>
    /// C ≥ 1: no eigenvalue of any covariance is more than C times another, columns measured in units of the floor's variances (as they are without a floor)
    /// [Fritz2013]. Default +∞, no bound. 1 makes all covariances one and the same multiple of the units.
    /// </summary>
    public double EigenvalueRatio
    {
        get;
        init => field = Families.EigenvalueRatio.Checked(value);
    } = double.PositiveInfinity;

    /// <inheritdoc/>
    public IFamily<Gaussian, RowTile> WithEigenvalueRatio(double ratio) => new FullGaussianFamily(Columns, Floor, Prior) { EigenvalueRatio = ratio };

    /// <inheritdoc/>
    public int FreeParametersOf(int components) => components * FreeParameters;

    /// <summary>
    /// The components one by one; where the ratio of eigenvalues would pass its bound, their covariances with eigenvalues clipped to the best [m, Cm] instead: the exact maximiser under
    /// the bound.
    /// </summary>
    /// <inheritdoc/>
    public Gaussian[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<Gaussian> current)
    {
        Gaussian[] components = new Gaussian[current.Length];
        double[] rows = new double[current.Length];
        double[][]? scatters = double.IsPositiveInfinity(EigenvalueRatio) ? null : new double[current.Length][];
        for (int k = 0; k < components.Length; k++)
        {
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            if (scatters is null)
            {
                components[k] = Estimate(own, current[k]);
                continue;
            }
            rows[k] = own[0] + (Prior?.RowsOf(1) ?? 0);
            (double[] mean, double[] whitened) = Moments(own, current[k]);
            scatters[k] = current[k].Covariance.Unwhitened(whitened);
            components[k] = new Gaussian(mean, current[k].Covariance);
        }
        return scatters is null ? components : Truncated(components, scatters, rows);
    }

    /// <inheritdoc/>
    public Gaussian[] Constrain(ReadOnlySpan<double> weights, ReadOnlySpan<Gaussian> components)
    {
        Gaussian[] own = components.ToArray();
        double[][] scatters = [.. own.Select(component => component.Covariance.Matrix.ToArray())];
        return Families.EigenvalueRatio.Holds(Spectra(components), EigenvalueRatio) ? own : Truncated(own, scatters, weights);
    }

    /// <summary>Whether the bound on the ratio holds the components.</summary>
    private bool RatioBinds(ReadOnlySpan<Gaussian> components) =>
        !double.IsPositiveInfinity(EigenvalueRatio) && Families.EigenvalueRatio.Binds(Spectra(components), EigenvalueRatio);

    private IEnumerable<double[]> Spectra(ReadOnlySpan<Gaussian> components) =>
        components.ToArray().Select(component => Spectrum(component.Covariance.Matrix.ToArray()).Values);

    private Gaussian[] Truncated(Gaussian[] components, double[][] scatters, ReadOnlySpan<double> rows)
    {
        (double[] Values, double[] Vectors)[] spectra = [.. scatters.Select(Spectrum)];
        foreach ((double[] values, _) in spectra)
        {
            for (int j = 0; j < values.Length; j++)
            {
                values[j] = Math.Max(0, values[j]);
            }
        }
        double least = Floor.IsActive ? Floor.Epsilon : 0;
        double m = Families.EigenvalueRatio.Truncation([.. spectra.Select(spectrum => spectrum.Values)], rows, EigenvalueRatio, least);
        for (int k = 0; k < components.Length; k++)
        {
            if (!double.IsNaN(m))
            {
                Clip(spectra[k].Values, spectra[k].Vectors, m, scatters[k]);
            }
            components[k] = new Gaussian(components[k].Mean, Covariance.FromBounded(scatters[k], Columns, floorActive: m > 0 && m <= least));
        }
        return components;
    }

    private void Clip(double[] values, double[] vectors, double m, double[] matrix)
    {
        int d = Columns;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int l = 0; l < d; l++)
                {
                    sum += vectors[i * d + l] * Math.Clamp(values[l], m, EigenvalueRatio * m) * vectors[j * d + l];
                }
                matrix[i * d + j] = matrix[j * d + i] = sum * Floor.Unit(i) * Floor.Unit(j);
            }
        }
    }

    private (double[] Values, double[] Vectors) Spectrum(double[] matrix)
    {
        double[] scaled = new double[matrix.Length];
        for (int i = 0; i < Columns; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                scaled[i * Columns + j] = matrix[i * Columns + j] / Floor.Unit(i) / Floor.Unit(j);
            }
        }
        return SymmetricEigen.Decompose(scaled, Columns);
    }
}
