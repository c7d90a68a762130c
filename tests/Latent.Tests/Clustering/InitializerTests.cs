using Latent.Clustering;
using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Tests.Clustering;

[Collection("simd level")]
public class InitializerTests
{
    /// <summary>
    /// Two centers from five rows: the chance of every pair by enumerating both candidates of the greedy draw, against the
    /// frequencies of 20,000 seeds. Every pair must lie within 5 standard errors: false alarms below 1e-5 a run of new seeds.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PairsAreDrawnWithTheirEnumeratedChances(bool weighted)
    {
        const int Draws = 20_000;
        double[] values = [0, 1, 2.5, 7, 11];
        double[] weights = weighted ? [1, 0.5, 3, 0, 1.5] : [1, 1, 1, 1, 1];
        RowSource rows = weighted ? ClusterData.Rows(values, 1, weights) : ClusterData.Rows(values, 1);
        RowScan scan = RowScan.Of(rows, 1, 2, 1, default);
        double[,] seen = new double[5, 5];
        for (int seed = 0; seed < Draws; seed++)
        {
            KMeansCenters centers = PlusPlus.Choose(rows, scan, 1, 2, new RandomGenerator((ulong)seed), 1, default);
            seen[Array.IndexOf(values, centers[0][0]), Array.IndexOf(values, centers[1][0])]++;
        }
        for (int first = 0; first < 5; first++)
        {
            double[] mass = [.. values.Select((value, row) => weights[row] * (value - values[first]) * (value - values[first]))];
            double[] left = [.. values.Select(value => values.Select((x, row) => weights[row] * Math.Min((x - value) * (x - value), (x - values[first]) * (x - values[first]))).Sum())];
            for (int second = 0; second < 5; second++)
            {
                double chance = 0;
                for (int a = 0; a < 5; a++)
                {
                    for (int b = 0; b < 5; b++)
                    {
                        int winner = left[b] < left[a] ? b : a;
                        chance += winner == second ? mass[a] * mass[b] / (mass.Sum() * mass.Sum()) : 0;
                    }
                }
                chance *= weights[first] / weights.Sum();
                double error = Math.Sqrt(chance * (1 - chance) / Draws);
                Assert.InRange(seen[first, second] / Draws, chance - 5 * error, chance + 5 * error);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(33)]
    public void PotentialsAreThoseOfPlainLoopsAtEveryWidth(int columns)
    {
        const int Rows = 70;
        double[] values = ClusterData.Blobs(Rows, columns, 3, seed: 41);
        double[] weights = ClusterData.RandomWeights(Rows, seed: 42);
        double[] points = new double[8 * columns];
        double[] start = new double[Rows];
        for (int row = 0; row < Rows; row++)
        {
            start[row] = ClusterData.SquaredDistance(values.AsSpan(row * columns, columns), values.AsSpan(60 * columns, columns));
        }
        for (int cell = 0; cell < points.Length; cell++)
        {
            points[cell] = values[cell % 8 * 5 * columns + cell / 8];
        }
        double[] nearest = new double[Rows];
        double[] sums = new double[8];
        for (int row = 0; row < Rows; row++)
        {
            ReadOnlySpan<double> x = values.AsSpan(row * columns, columns);
            nearest[row] = Math.Min(start[row], ClusterData.SquaredDistance(x, values.AsSpan(0, columns)));
            for (int point = 0; point < 8; point++)
            {
                sums[point] = Math.FusedMultiplyAdd(weights[row], Math.Min(nearest[row], ClusterData.SquaredDistance(x, values.AsSpan(point * 5 * columns, columns))), sums[point]);
            }
        }
        SimdLevel before = Simd.Level;
        try
        {
            for (SimdLevel level = SimdLevel.Scalar; level <= Simd.Best; level++)
            {
                Simd.Level = level;
                double[] foundNearest = [.. start];
                double[] found = new double[8];
                Potentials(values, Rows, columns, points, foundNearest, weights, found);
                Assert.Equal(nearest, foundNearest);
                Assert.Equal(sums, found);
            }
        }
        finally
        {
            Simd.Level = before;
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(500)]
    public void PlusPlusGivesTheSameBitsForAnyNumberOfThreads(int clusters)
    {
        RowSource rows = ClusterData.Rows(ClusterData.Blobs(20_000, 3, 30, seed: 43), 3);
        RowScan scan = RowScan.Of(rows, 3, clusters, 1, default);
        double[] one = PlusPlus.Choose(rows, scan, 3, clusters, new RandomGenerator(9), 1, default).Values.ToArray();
        Assert.Equal(one, PlusPlus.Choose(rows, scan, 3, clusters, new RandomGenerator(9), 4, default).Values.ToArray());
        Assert.Equal(clusters, Enumerable.Range(0, clusters).Select(center => (one[3 * center], one[3 * center + 1], one[3 * center + 2])).Distinct().Count());
    }

    [Fact]
    public void PlusPlusFindsFarBlobsEveryTime()
    {
        double[] values = [.. Enumerable.Range(0, 300).Select(row => 1000.0 * (row % 20) + 0.001 * row)];
        for (ulong seed = 0; seed < 20; seed++)
        {
            RowSource rows = ClusterData.Rows(values, 1);
            KMeansCenters centers = PlusPlus.Choose(rows, RowScan.Of(rows, 1, 20, 1, default), 1, 20, new RandomGenerator(seed), 1, default);
            Assert.Equal(20, centers.Values.ToArray().Select(value => (int)Math.Round(value / 1000)).Distinct().Count());
        }
    }

    [Fact]
    public void RandomRowsAreDifferentRowsOfPositiveWeight()
    {
        double[] values = [.. Enumerable.Range(0, 9000).Select(row => (double)row)];
        double[] weights = [.. values.Select(value => value % 3 == 0 ? 0 : value % 3)];
        RowSource rows = ClusterData.Rows(values, 1, weights);
        double[] drawn = RandomRows.Choose(rows, RowScan.Of(rows, 1, 6000, 1, default), 1, 6000, new RandomGenerator(3)).Values.ToArray();
        Assert.Equal(values.Where(value => value % 3 != 0), drawn.Order());
        // Weight 2 against 1: 300 draws without replacement from 3000 of each give 200 ± 6.5 of the heavier; ±6 errors, false alarms below 1e-8.
        int heavy = drawn.Take(300).Count(value => value % 3 == 2);
        Assert.InRange(heavy, 161, 239);
    }

    [Fact]
    public void StartsForOtherModelsAreInTheUnitsOfTheData()
    {
        double[] values = ClusterData.Blobs(2000, 3, 4, seed: 44);
        for (int row = 0; row < 2000; row++)
        {
            values[3 * row] = 1e5 + 1e3 * values[3 * row];
            values[3 * row + 2] = 7;
        }
        values[4] = double.NaN;
        double[] means = [1e5 + 2e3, 2, 7];
        double[] scales = [1e-3, 1, 0];
        double[][] centers = KMeans.Start(ClusterData.Rows(values, 3), 4, means, scales, new RandomGenerator(1), 2);
        Assert.All(centers, center => Assert.Equal(7, center[2]));
        KMeansCenters scaled = new([.. centers.SelectMany(center => center.Select((value, column) => (value - means[column]) * scales[column]))], 3);
        double inertia = 0;
        for (int row = 2; row < 2000; row++)
        {
            double[] x = [.. Enumerable.Range(0, 3).Select(column => (values[3 * row + column] - means[column]) * scales[column])];
            inertia += ClusterData.SquaredDistance(x, scaled[ClusterData.Nearest(x, scaled)]);
        }
        // Two columns of a triangular error of variance 1/6 each: about 1/3 a row for the four blobs; one center fewer costs far more.
        Assert.InRange(inertia / 2000, 0.2, 0.45);
        Assert.Throws<DegenerateStartException>(() => KMeans.Start(ClusterData.Rows([1, 1, 1], 1), 2, [1], [1], new RandomGenerator(1), 1));
    }

    private static unsafe void Potentials(double[] values, int count, int columns, double[] points, double[] nearest, double[] weights, double[] sums)
    {
        fixed (double* x = values, p = points, n = nearest, w = weights, s = sums)
        {
            SquaredDistances.Potentials(x, count, columns, p, true, n, w, s);
        }
    }
}
