using Latent.Data;

namespace Latent.Families;

/// <content>The bound on the ratio of variances, which ties the components together.</content>
public sealed partial class DiagonalGaussianFamily : IJointFamily<DiagonalGaussian>, IConstrainedFamily<DiagonalGaussian>, IRatioFamily<DiagonalGaussian>
{
    /// <summary>
    /// C ≥ 1: no variance of any component is more than C times another, columns measured in units of the floor's variances (as they are without a floor)
    /// [Fritz2013]. Default +∞, no bound.
    /// </summary>
    public double EigenvalueRatio
    {
        get;
        init => field = Families.EigenvalueRatio.Checked(value);
    } = double.PositiveInfinity;

    /// <inheritdoc/>
    public IFamily<DiagonalGaussian, RowTile> WithEigenvalueRatio(double ratio) => new DiagonalGaussianFamily(Columns, Floor, Prior) { EigenvalueRatio = ratio };

    /// <summary>The same family under a floor of next to nothing: what the bound on the ratio clips must not have been raised before.</summary>
    private DiagonalGaussianFamily Free => field ??=
        new(Columns, CovarianceFloor.RelativeTo(Floor.IsActive ? Floor.Variances : [.. Enumerable.Repeat(1.0, Columns)], 1e-30), Prior);

    /// <inheritdoc/>
    public int FreeParametersOf(int components) => components * FreeParameters;

    /// <summary>The components one by one; where the ratio of variances would pass its bound, these clipped to the best [m, Cm] instead: the exact maximiser under the bound.</summary>
    /// <inheritdoc/>
    public DiagonalGaussian[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<DiagonalGaussian> current)
    {
        DiagonalGaussianFamily free = double.IsPositiveInfinity(EigenvalueRatio) ? this : Free;
        DiagonalGaussian[] components = new DiagonalGaussian[current.Length];
        double[] rows = new double[current.Length];
        for (int k = 0; k < components.Length; k++)
        {
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            components[k] = free.Estimate(own, current[k]);
            rows[k] = own[0] + (Prior?.RowsOf(1) ?? 0);
        }
        return double.IsPositiveInfinity(EigenvalueRatio) ? components : Constrain(rows, components);
    }

    /// <inheritdoc/>
    public DiagonalGaussian[] Constrain(ReadOnlySpan<double> weights, ReadOnlySpan<DiagonalGaussian> components)
    {
        DiagonalGaussian[] own = components.ToArray();
        double least = Floor.IsActive ? Floor.Epsilon : 0;
        double[][] spectra = [.. own.Select(Spectrum)];
        double m = Families.EigenvalueRatio.Truncation(spectra, weights, EigenvalueRatio, least);
        return double.IsNaN(m) ? own : [.. own.Select((component, k) => Clipped(component, spectra[k], m, m <= least))];
    }

    /// <summary>Whether the bound on the ratio holds the components.</summary>
    private bool RatioBinds(ReadOnlySpan<DiagonalGaussian> components) =>
        !double.IsPositiveInfinity(EigenvalueRatio) && Families.EigenvalueRatio.Binds(components.ToArray().Select(Spectrum), EigenvalueRatio);

    private DiagonalGaussian Clipped(DiagonalGaussian component, double[] spectrum, double m, bool held) => new(
        component.Mean, [.. spectrum.Select((value, j) => Math.Clamp(value, m, EigenvalueRatio * m) * Floor.Unit(j) * Floor.Unit(j))], held);

    private double[] Spectrum(DiagonalGaussian component) => [.. component.Variances.ToArray().Select((variance, j) => variance / Floor.Unit(j) / Floor.Unit(j))];
}
