namespace Latent.Testing;

/// <summary>Lloyd's algorithm as a textbook prints it [Lloyd1982]: plain loops, ties to the lowest index, an empty cluster keeps its centre.</summary>
public static class NaiveKMeans
{
    /// <summary>The nearest centre of every row, and the weighted sum of squared distances to them.</summary>
    public static (double Inertia, int[] Labels) Assign(ReadOnlySpan<double> values, double[][] centers, ReadOnlySpan<double> rowWeights = default)
    {
        ArgumentNullException.ThrowIfNull(centers);
        int columns = centers[0].Length;
        int[] labels = new int[values.Length / columns];
        CompensatedSum inertia = new();
        for (int row = 0; row < labels.Length; row++)
        {
            double nearest = double.PositiveInfinity;
            for (int center = 0; center < centers.Length; center++)
            {
                double distance = 0;
                for (int column = 0; column < columns; column++)
                {
                    double difference = values[row * columns + column] - centers[center][column];
                    distance += difference * difference;
                }
                if (distance < nearest)
                {
                    (nearest, labels[row]) = (distance, center);
                }
            }
            inertia.Add((rowWeights.IsEmpty ? 1 : rowWeights[row]) * nearest);
        }
        return (inertia.Value, labels);
    }

    /// <summary>One iteration: the inertia at these centres, and the next centres.</summary>
    public static (double Inertia, double[][] Next) Step(ReadOnlySpan<double> values, double[][] centers, ReadOnlySpan<double> rowWeights = default)
    {
        (double inertia, int[] labels) = Assign(values, centers, rowWeights);
        int columns = centers[0].Length;
        double[][] next = [.. centers.Select(center => (double[])[.. center])];
        for (int center = 0; center < centers.Length; center++)
        {
            CompensatedSum weight = new();
            CompensatedSum[] sums = new CompensatedSum[columns];
            for (int row = 0; row < labels.Length; row++)
            {
                if (labels[row] != center)
                {
                    continue;
                }
                double share = rowWeights.IsEmpty ? 1 : rowWeights[row];
                weight.Add(share);
                for (int column = 0; column < columns; column++)
                {
                    sums[column].Add(share * (values[row * columns + column] - centers[center][column]));
                }
            }
            for (int column = 0; column < columns && weight.Value > 0; column++)
            {
                next[center][column] += sums[column].Value / weight.Value;
            }
        }
        return (inertia, next);
    }
}
