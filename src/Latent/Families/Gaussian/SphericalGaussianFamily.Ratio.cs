using Latent.Data;

namespace Latent.Families;

/// <content>The bound on the ratio of variances, which ties the components together.</content>
public sealed partial class SphericalGaussianFamily : IJointFamily<SphericalGaussian>, IConstrainedFamily<SphericalGaussian>, IRatioFamily<SphericalGaussian>
{
    /// <summary>
    /// C ≥ 1: no component's variance is more than C times another's [Fritz2013]. Default +∞, no bound; 1 makes all variances equal.
    /// </summary>
    public double EigenvalueRatio
    {
        get;
        init => field = Families.EigenvalueRatio.Checked(value);
    } = double.PositiveInfinity;

    /// <inheritdoc/>
    public IFamily<SphericalGaussian, RowTile> WithEigenvalueRatio(double ratio) => new SphericalGaussianFamily(Columns, Floor, Prior) { EigenvalueRatio = ratio };

    /// <summary>The same family under a floor of next to nothing: what the bound on the ratio clips must not have been raised before.</summary>
    private SphericalGaussianFamily Free => field ??=
        new(Columns, CovarianceFloor.RelativeTo(Floor.IsActive ? Floor.Variances : [.. Enumerable.Repeat(1.0, Columns)], 1e-30), Prior);

    /// <inheritdoc/>
    public int FreeParametersOf(int components) => components * FreeParameters;

    /// <summary>The components one by one; where the ratio of variances would pass its bound, these clipped to the best [m, Cm] instead: the exact maximiser under the bound.</summary>
    /// <inheritdoc/>
    public SphericalGaussian[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<SphericalGaussian> current)
    {
        SphericalGaussianFamily free = double.IsPositiveInfinity(EigenvalueRatio) ? this : Free;
        SphericalGaussian[] components = new SphericalGaussian[current.Length];
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
    public SphericalGaussian[] Constrain(ReadOnlySpan<double> weights, ReadOnlySpan<SphericalGaussian> components)
    {
        SphericalGaussian[] own = components.ToArray();
        double m = Families.EigenvalueRatio.Truncation([.. own.Select(Spectrum)], weights, EigenvalueRatio, Floor.LeastCommon());
        return double.IsNaN(m)
            ? own
            : [.. own.Select(component => new SphericalGaussian(component.Mean, Math.Clamp(component.Variance, m, EigenvalueRatio * m), m <= Floor.LeastCommon()))];
    }

    /// <summary>Whether the bound on the ratio holds the components.</summary>
    private bool RatioBinds(ReadOnlySpan<SphericalGaussian> components) =>
        !double.IsPositiveInfinity(EigenvalueRatio) && Families.EigenvalueRatio.Binds(components.ToArray().Select(Spectrum), EigenvalueRatio);

    private static double[] Spectrum(SphericalGaussian component) => [component.Variance];
}
