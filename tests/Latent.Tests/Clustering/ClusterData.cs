using Latent.Clustering;
using Latent.Data;
using Latent.Numerics;

namespace Latent.Tests.Clustering;

/// <summary>Data for the tests of k-means, and k-means as a book writes it, in plain loops.</summary>
internal static class ClusterData
{
    /// <summary>Blobs of unit width whose centers lie a few units apart.</summary>
    public static double[] Blobs(int rows, int columns, int clusters, ulong seed, double offset = 0)
    {
        RandomGenerator random = new(seed);
        double[] means = new double[clusters * columns];
        for (int cell = 0; cell < means.Length; cell++)
        {
            means[cell] = 4 * random.NextDouble();
        }
        double[] values = new double[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            int cluster = (int)random.NextInt64(clusters);
            for (int column = 0; column < columns; column++)
            {
                values[row * columns + column] = offset + means[cluster * columns + column] + random.NextDouble() + random.NextDouble() - 1;
            }
        }
        return values;
    }

    /// <summary>Points of a small grid: many exact ties.</summary>
    public static double[] Lattice(int rows, int columns, ulong seed)
    {
        RandomGenerator random = new(seed);
        double[] values = new double[rows * columns];
        for (int cell = 0; cell < values.Length; cell++)
        {
            values[cell] = random.NextInt64(4);
        }
        return values;
    }

    public static double[] RandomWeights(int rows, ulong seed)
    {
        RandomGenerator random = new(seed);
        double[] weights = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            weights[row] = random.NextInt64(4) == 0 ? 0 : 3 * random.NextDouble();
        }
        return weights;
    }

    public static KMeansCenters FirstRows(double[] values, int columns, int clusters) => new(values.AsSpan(0, clusters * columns), columns);

    /// <summary>The nearest center by direct differences, the lowest index among equals.</summary>
    public static int Nearest(ReadOnlySpan<double> row, KMeansCenters centers)
    {
        int best = 0;
        double least = double.PositiveInfinity;
        for (int center = 0; center < centers.Count; center++)
        {
            double distance = SquaredDistance(row, centers[center]);
            if (distance < least)
            {
                (best, least) = (center, distance);
            }
        }
        return best;
    }

    public static double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int column = 0; column < a.Length; column++)
        {
            sum = Math.FusedMultiplyAdd(a[column] - b[column], a[column] - b[column], sum);
        }
        return sum;
    }

    /// <summary>Plain Lloyd iterations with weights; clusters that are empty stay.</summary>
    public static (double[,] Centers, List<double> Trace) Lloyd(double[] values, int columns, double[]? weights, KMeansCenters start, int iterations)
    {
        int rows = values.Length / columns;
        KMeansCenters centers = start;
        List<double> trace = [];
        for (int iteration = 0; ; iteration++)
        {
            double[] masses = new double[start.Count];
            double[] sums = new double[start.Count * columns];
            double inertia = 0;
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<double> x = values.AsSpan(row * columns, columns);
                double weight = weights?[row] ?? 1;
                int label = Nearest(x, centers);
                inertia += weight * SquaredDistance(x, centers[label]);
                masses[label] += weight;
                for (int column = 0; column < columns; column++)
                {
                    sums[label * columns + column] += weight * x[column];
                }
            }
            trace.Add(inertia);
            if (iteration == iterations)
            {
                return (centers.ToArray(), trace);
            }
            double[] next = centers.Values.ToArray();
            for (int cell = 0; cell < next.Length; cell++)
            {
                next[cell] = masses[cell / columns] > 0 ? sums[cell] / masses[cell / columns] : next[cell];
            }
            centers = new KMeansCenters(next, columns);
        }
    }

    public static RowSource Rows(double[] values, int columns, double[]? weights = null)
    {
        RowSource rows = RowSource.From(values, columns);
        return weights is null ? rows : rows.WithWeights(weights);
    }
}
