namespace Latent.Clustering;

/// <summary>
/// Where float32 screening looks at the data from: (x − origin)·scale has values of about one, so that neither an offset nor a
/// unit costs it digits. Depends on the data alone. Results do not depend on it, only speed.
/// </summary>
internal sealed class Frame
{
    public Frame(double[] origin, double scale)
    {
        Origin = origin;
        Scale = scale;
    }

    /// <summary>One value per column.</summary>
    public double[] Origin { get; }

    /// <summary>A power of two.</summary>
    public double Scale { get; }

    /// <summary>Data as they are: origin zero, scale one.</summary>
    public static Frame Plain(int columns) => new(new double[columns], 1);

    /// <summary>A frame for data that lie around centers.</summary>
    public static Frame Around(KMeansCenters centers)
    {
        double[] mean = new double[centers.Columns];
        double[] lowest = centers[0].ToArray();
        double[] highest = centers[0].ToArray();
        for (int center = 0; center < centers.Count; center++)
        {
            for (int column = 0; column < mean.Length; column++)
            {
                double value = centers[center][column];
                mean[column] += value / centers.Count;
                lowest[column] = Math.Min(lowest[column], value);
                highest[column] = Math.Max(highest[column], value);
            }
        }
        return Of(mean, lowest, highest);
    }

    /// <summary>The frame of data with the given means and ranges.</summary>
    public static Frame Of(ReadOnlySpan<double> mean, ReadOnlySpan<double> lowest, ReadOnlySpan<double> highest)
    {
        double reach = 0;
        for (int column = 0; column < mean.Length; column++)
        {
            reach = Math.Max(reach, Math.Max(highest[column] - mean[column], mean[column] - lowest[column]));
        }
        double scale = reach > 0 && double.IsFinite(reach) ? Math.ScaleB(1, -Math.Clamp(Math.ILogB(reach), -1000, 1000)) : 1;
        return new Frame(mean.ToArray(), scale);
    }
}
