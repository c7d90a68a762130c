using Latent.Clustering;
using Latent.Data;
using Latent.Kernels;

namespace Latent.Tests.Clustering;

[Collection("simd level")]
public class KMeansModelTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(8, 4)]
    [InlineData(13, 5)]
    [InlineData(16, 3)]
    [InlineData(24, 9)]
    [InlineData(37, 11)]
    public void StatisticIsThatOfPlainLoopsAtEveryWidth(int columns, int clusters)
    {
        const int Rows = 333;
        double[] values = ClusterData.Blobs(Rows, columns, clusters, seed: 11);
        double[] weights = ClusterData.RandomWeights(Rows, seed: 12);
        KMeansCenters centers = ClusterData.FirstRows(values, columns, clusters);
        double[] expected = new double[clusters * (columns + 1) + 1];
        for (int row = 0; row < Rows; row++)
        {
            ReadOnlySpan<double> x = values.AsSpan(row * columns, columns);
            int label = ClusterData.Nearest(x, centers);
            expected[label] += weights[row];
            for (int column = 0; column < columns; column++)
            {
                expected[clusters + label * columns + column] += weights[row] * (x[column] - centers[label][column]);
            }
            expected[^1] += weights[row] * ClusterData.SquaredDistance(x, centers[label]);
        }

        double[] bits = Statistic(columns, clusters, centers, new RowChunk(values, columns, weights), out double objective);

        Assert.Equal(-bits[^1], objective);
        for (int cell = 0; cell < expected.Length; cell++)
        {
            Assert.Equal(expected[cell], bits[cell], 1e-12 * expected[^1]);
        }
        SimdLevel before = Simd.Level;
        try
        {
            for (SimdLevel level = SimdLevel.Scalar; level <= Simd.Best; level++)
            {
                Simd.Level = level;
                Assert.Equal(bits, Statistic(columns, clusters, centers, new RowChunk(values, columns, weights), out _));
            }
        }
        finally
        {
            Simd.Level = before;
        }
    }

    [Fact]
    public void Float32RowsGiveTheBitsOfTheSameNumbersInFloat64()
    {
        float[] singles = Array.ConvertAll(ClusterData.Blobs(300, 9, 4, seed: 13), value => (float)value);
        double[] doubles = Array.ConvertAll(singles, value => (double)value);
        KMeansCenters centers = ClusterData.FirstRows(doubles, 9, 4);
        Assert.Equal(
            Statistic(9, 4, centers, new RowChunk(doubles, 9), out _),
            Statistic(9, 4, centers, new RowChunk(singles, 9), out _));
    }

    [Fact]
    public void WeightTwoIsARowTwiceAndWeightZeroIsNoRow()
    {
        double[] values = ClusterData.Blobs(4, 3, 2, seed: 14);
        KMeansCenters centers = ClusterData.FirstRows(values, 3, 2);
        double[] twice = [.. values[..3], .. values[..9]];
        double[] weighted = Statistic(3, 2, centers, new RowChunk(values, 3, new double[] { 2, 1, 1, 0 }), out double objective);
        double[] repeated = Statistic(3, 2, centers, new RowChunk(twice, 3), out double same);
        Assert.Equal(same, objective, 1e-14);
        for (int cell = 0; cell < weighted.Length; cell++)
        {
            Assert.Equal(repeated[cell], weighted[cell], 1e-14);
        }
    }

    [Fact]
    public void MaximizeMovesToMeansAndThenSaysThatNothingMoves()
    {
        double[] values = [0, 1, 2, 10, 11, 12];
        KMeansModel model = new(1, 2);
        KMeansCenters start = new([1.5, 10.0], 1);
        KMeansCenters means = model.Maximize(Statistic(1, 2, start, new RowChunk(values, 1), out _), start);
        Assert.Equal([1.0, 11.0], means.Values.ToArray());
        Assert.Equal([3.0, 3.0], means.Weights.ToArray());
        Assert.Same(means, model.Maximize(Statistic(1, 2, means, new RowChunk(values, 1), out _), means));
    }

    [Fact]
    public void AnEmptyClusterStaysWhereItIs()
    {
        double[] values = [0, 2];
        KMeansModel model = new(1, 2);
        KMeansCenters start = new([0.5, 100.0], 1);
        KMeansCenters next = model.Maximize(Statistic(1, 2, start, new RowChunk(values, 1), out _), start);
        Assert.Equal([1.0, 100.0], next.Values.ToArray());
    }

    [Fact]
    public void AMissingCellMakesTheObjectiveNaN()
    {
        double[] values = [0, double.NaN, 2];
        Statistic(1, 2, new KMeansCenters([0.0, 2.0], 1), new RowChunk(values, 1), out double objective);
        Assert.True(double.IsNaN(objective));
    }

    [Fact]
    public void AnEmptyChunkAddsNothingAndALaterOneAdds()
    {
        double[] values = [0, 1, 5, 6];
        KMeansModel model = new(2, 2);
        KMeansCenters centers = new([0.0, 0.0, 5.0, 5.0], 2);
        double[] statistic = new double[model.StatisticLength];
        Assert.Equal(0, model.Expect(centers, new RowChunk(ReadOnlyMemory<double>.Empty, 2), statistic));
        Assert.All(statistic, cell => Assert.Equal(0, cell));
        Array.Fill(statistic, 1);
        model.Expect(centers, new RowChunk(values, 2), statistic);
        Assert.Equal([2.0, 2.0, 1.0, 2.0, 1.0, 2.0, 3.0], statistic);
    }

    [Fact]
    public void ShapesThatDoNotFitAreNamed()
    {
        KMeansModel model = new(2, 2);
        double[] statistic = new double[model.StatisticLength];
        ArgumentException centers = Assert.Throws<ArgumentException>(() => model.Expect(new KMeansCenters([1.0, 2.0], 2), new RowChunk(new double[2], 2), statistic));
        Assert.StartsWith("Expected 2 centers of 2 columns, found 1 of 2.", centers.Message);
        ArgumentException rows = Assert.Throws<ArgumentException>(() => model.Expect(new KMeansCenters(new double[4], 2), new RowChunk(new double[3], 3), statistic));
        Assert.StartsWith("Expected rows of 2 columns, found 3.", rows.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new KMeansModel(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KMeansModel(1, 0));
    }

    private static double[] Statistic(int columns, int clusters, KMeansCenters centers, RowChunk chunk, out double objective)
    {
        KMeansModel model = new(columns, clusters);
        double[] statistic = new double[model.StatisticLength];
        objective = model.Expect(centers, chunk, statistic);
        return statistic;
    }
}
