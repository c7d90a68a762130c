using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <content>
/// Coordinates: the means in units of the columns' standard deviations; then Cholesky factors, or rotations and the logarithms of eigenvalues, each
/// shared part once (see <see cref="StructuredChart"/>).
/// </content>
public partial class StructuredGaussianFamily : ICoordinateFamily<Gaussian>
{
    private int Triangle => Columns * (Columns + 1) / 2;

    private int Turns => Structure.IsDiagonal ? 0 : Columns * (Columns - 1) / 2;

    /// <summary>EEE, VEE, EVV, VVV: what is shared or free is a whole matrix.</summary>
    private bool ByFactors => Structure.Shape == Structure.Orientation && !Structure.IsDiagonal;

    /// <inheritdoc/>
    public int CoordinateCount(int components) => FreeParametersOf(components);

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<Gaussian> components, Span<double> point)
    {
        for (int k = 0; k < components.Length; k++)
        {
            GaussianCoordinates.WriteMean(components[k].Mean, Floor, point.Slice(k * Columns, Columns));
        }
        Span<double> rest = point[(components.Length * Columns)..];
        if (ByFactors)
        {
            WriteFactors(components, rest);
        }
        else
        {
            WriteAxes(components, rest);
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<Gaussian> like, Span<Gaussian> components)
    {
        ReadOnlySpan<double> rest = point[(components.Length * Columns)..];
        if ((ByFactors ? ReadFactors(rest, components.Length) : ReadAxes(rest, like)) is not { } covariances)
        {
            return false;
        }
        for (int k = 0; k < components.Length; k++)
        {
            if (GaussianCoordinates.TryReadMean(point.Slice(k * Columns, Columns), Floor) is not { } mean)
            {
                return false;
            }
            components[k] = new Gaussian(mean, covariances[k]);
        }
        return true;
    }

    /// <summary>The first factor whole; of the others nothing (EEE), the log-ratio of volumes (VEE), all but the last diagonal element (EVV) or all (VVV).</summary>
    private void WriteFactors(ReadOnlySpan<Gaussian> components, Span<double> rest)
    {
        double[] factor = new double[Triangle];
        double first = components[0].Covariance.LogDeterminant;
        for (int k = 0; k < components.Length; k++)
        {
            GaussianCoordinates.WriteLower(components[k].Covariance.Lower, Columns, Floor, factor);
            int own = FactorLength(k);
            if (own == 1 && k > 0 && Structure.HasCommonShape)
            {
                rest[0] = (components[k].Covariance.LogDeterminant - first) / Columns;
            }
            else
            {
                factor.AsSpan(0, own).CopyTo(rest);
            }
            rest = rest[own..];
        }
    }

    private int FactorLength(int k) => k == 0 ? Triangle
        : Structure.HasCommonShape ? Structure.Volume == CovarianceSharing.Variable ? 1 : 0
        : Structure.Volume == CovarianceSharing.Variable ? Triangle : Triangle - 1;

    private Covariance[]? ReadFactors(ReadOnlySpan<double> rest, int count)
    {
        Covariance[] covariances = new Covariance[count];
        double[] factor = new double[Triangle];
        double volume = 0;
        for (int k = 0; k < count; k++)
        {
            int own = FactorLength(k);
            Covariance? read = null;
            if (own > 0 || k == 0)
            {
                if (k > 0 && Structure.HasCommonShape)
                {
                    double scale = Elementary.Exp(0.5 * rest[0]);
                    read = Covariance.TryFromLower([.. covariances[0].Lower.ToArray().Select(value => scale * value)], Columns, Floor, free: false);
                }
                else
                {
                    rest[..own].CopyTo(factor);
                    double diagonal = 0;
                    for (int i = 0; i < Columns - 1; i++)
                    {
                        diagonal += factor[i * (i + 3) / 2];
                    }
                    volume = k == 0 ? diagonal + factor[^1] : volume;
                    factor[^1] = own < Triangle ? volume - diagonal : factor[^1];
                    read = GaussianCoordinates.TryReadCovariance(factor, Columns, Floor, free: Structure.IsShared || Structure.Name == "VVV");
                }
            }
            else
            {
                read = covariances[0];
            }
            if (read is null)
            {
                return null;
            }
            covariances[k] = read;
            rest = rest[own..];
        }
        return covariances;
    }

    /// <summary>Rotations, then logarithms of eigenvalues: one rotation with the values in the order of its chart, or one per component with the values ascending.</summary>
    private void WriteAxes(ReadOnlySpan<Gaussian> components, Span<double> rest)
    {
        double[][] axes = AxesOf(components);
        double unit = EigenvalueUnit();
        bool common = Structure.Orientation != CovarianceSharing.Variable;
        double[][] logs = new double[components.Length][];
        int[]? order = common && Turns > 0 ? StructuredChart.WriteAxes(axes[0], Columns, rest) : null;
        for (int k = 0; k < components.Length; k++)
        {
            if (!common)
            {
                StructuredChart.WriteTurn(axes[k], components[k].Covariance.Origin ?? axes[k], Columns, rest.Slice(k * Turns, Turns));
            }
            double[] values = components[k].Covariance.AlongAxes(axes[k]);
            logs[k] = [.. Enumerable.Range(0, Columns).Select(j => Elementary.Log(values[order is null ? j : order[j]] / unit))];
        }
        StructuredChart.WriteValues(Structure, logs, rest[((common ? 1 : components.Length) * Turns)..]);
    }

    private Covariance[]? ReadAxes(ReadOnlySpan<double> rest, ReadOnlySpan<Gaussian> like)
    {
        bool common = Structure.Orientation != CovarianceSharing.Variable;
        double[] least = StructuredCovariance.LeastAlongAxes(Structure, Floor, Columns);
        double[] units = [.. Enumerable.Repeat(EigenvalueUnit(), Columns)];
        double[][] logs = StructuredChart.ReadValues(Structure, like.Length, Columns, rest[((common ? 1 : like.Length) * Turns)..]);
        if (StructuredChart.Exponentials(logs, units, least) is not { } values)
        {
            return null;
        }
        double[]? shared = !common ? null : Turns > 0 ? StructuredChart.ReadAxes(rest[..Turns], Columns) : AxesOf(like)[0];
        double[][] origins = AxesOf(like);
        Covariance[] covariances = new Covariance[like.Length];
        for (int k = 0; k < covariances.Length; k++)
        {
            double[] origin = like[k].Covariance.Origin ?? origins[k];
            double[]? own = common ? shared : StructuredChart.ReadTurn(rest.Slice(k * Turns, Turns), origin, Columns);
            if (own is null || Covariance.TryFromAxes(own, values[k], least, common ? null : origin) is not { } read)
            {
                return null;
            }
            covariances[k] = read;
        }
        return covariances;
    }

    /// <summary>Each component's axes: those it was estimated along, or where it was not, its eigenvectors.</summary>
    private double[][] AxesOf(ReadOnlySpan<Gaussian> components)
    {
        Covariance[] covariances = [.. components.ToArray().Select(component => component.Covariance)];
        if (Structure.IsDiagonal)
        {
            double[] unit = SquareMatrix.Unit(Columns);
            return [.. covariances.Select(_ => unit)];
        }
        double[]? first = covariances[0].Axes;
        if (Structure.Orientation == CovarianceSharing.Equal)
        {
            double[] shared = first is not null && Array.TrueForAll(covariances, covariance => ReferenceEquals(covariance.Axes, first))
                ? first
                : CommonAxes.Best([.. covariances.Select(_ => 1.0)], [.. covariances.Select(covariance => covariance.Lower.ToArray())], Columns, equalVolume: false, 0).Axes;
            return [.. covariances.Select(_ => shared)];
        }
        return [.. covariances.Select(covariance => covariance.Axes ?? FactorSpectrum.Decompose(covariance.Lower, Columns).Vectors)];
    }

    /// <summary>The geometric mean of the columns' variances; 1 without a floor.</summary>
    private double EigenvalueUnit() => Elementary.Exp(Enumerable.Range(0, Columns).Sum(j => 2 * Elementary.Log(Floor.Unit(j))) / Columns);
}
