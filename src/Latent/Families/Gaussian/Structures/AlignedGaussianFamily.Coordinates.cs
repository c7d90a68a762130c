using Latent.Kernels;

namespace Latent.Families;

/// <content>Coordinates: the means in units of the columns' standard deviations, then the logarithms of volumes and shapes in units of their variances.</content>
public partial class AlignedGaussianFamily : ICoordinateFamily<DiagonalGaussian>
{
    /// <inheritdoc/>
    public int CoordinateCount(int components) => FreeParametersOf(components);

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<DiagonalGaussian> components, Span<double> point)
    {
        double[] units = Units();
        double[][] logs = new double[components.Length][];
        for (int k = 0; k < components.Length; k++)
        {
            GaussianCoordinates.WriteMean(components[k].Mean, Floor, point.Slice(k * Columns, Columns));
            logs[k] = new double[Columns];
            for (int j = 0; j < Columns; j++)
            {
                logs[k][j] = Elementary.Log(components[k].Variances[j] / units[j]);
            }
        }
        StructuredChart.WriteValues(Structure, logs, point[(components.Length * Columns)..]);
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<DiagonalGaussian> like, Span<DiagonalGaussian> components)
    {
        double[] least = Least();
        double[][] logs = StructuredChart.ReadValues(Structure, components.Length, Columns, point[(components.Length * Columns)..]);
        if (StructuredChart.Exponentials(logs, Units(), least) is not { } values)
        {
            return false;
        }
        for (int k = 0; k < components.Length; k++)
        {
            if (GaussianCoordinates.TryReadMean(point.Slice(k * Columns, Columns), Floor) is not { } mean)
            {
                return false;
            }
            components[k] = new DiagonalGaussian(mean, values[k], IsHeld(values[k], least));
        }
        return true;
    }

    /// <summary>Squares of the columns' units; for round components their geometric mean.</summary>
    private double[] Units()
    {
        double[] units = [.. Enumerable.Range(0, Columns).Select(j => Floor.Unit(j) * Floor.Unit(j))];
        if (Structure.Shape == CovarianceSharing.Identity)
        {
            Array.Fill(units, Elementary.Exp(units.Sum(Elementary.Log) / Columns));
        }
        return units;
    }
}
