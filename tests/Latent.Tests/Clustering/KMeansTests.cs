using Latent.Clustering;
using Latent.Data;

namespace Latent.Tests.Clustering;

public class KMeansTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FollowsPlainLloydFromAGivenStart(bool weighted)
    {
        double[] values = ClusterData.Blobs(900, 6, 8, seed: 21);
        double[]? weights = weighted ? ClusterData.RandomWeights(900, seed: 22) : null;
        KMeansCenters start = ClusterData.FirstRows(values, 6, 8);
        (double[,] centers, List<double> trace) = ClusterData.Lloyd(values, 6, weights, start, 5);

        KMeansFit fit = KMeans.Fit(ClusterData.Rows(values, 6, weights), 8, new KMeansOptions { StartCenters = start, MaxIterations = 5 });

        Assert.Equal(StopReason.IterationLimit, fit.StopReason);
        Assert.False(fit.Converged);
        Assert.Equal(5, fit.Iterations);
        Assert.Equal(6, fit.Trace.Count);
        Assert.Equal(fit.Inertia, fit.Trace[^1]);
        for (int step = 0; step <= 5; step++)
        {
            Assert.Equal(trace[step], fit.Trace[step], 1e-12 * trace[0]);
        }
        AssertClose(centers, fit.Centers.ToArray(), 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void AnyNumberOfThreadsGivesTheSameBits(int threads)
    {
        RowSource rows = ClusterData.Rows(ClusterData.Blobs(30_000, 5, 9, seed: 23), 5, ClusterData.RandomWeights(30_000, seed: 24));
        KMeansOptions options = new() { Starts = 2, MaxIterations = 6 };
        KMeansFit one = KMeans.Fit(rows, 9, options with { Threads = 1 });
        KMeansFit many = KMeans.Fit(rows, 9, options with { Threads = threads });
        Assert.Equal(one.Trace, many.Trace);
        Assert.Equal(one.Centers.Values.ToArray(), many.Centers.Values.ToArray());
        Assert.Equal(one.Predict(rows), many.Predict(rows));
    }

    [Fact]
    public void AnOffsetOfTheDataChangesNothing()
    {
        double[] values = ClusterData.Blobs(500, 4, 5, seed: 25);
        // Multiples of 2⁻²⁰, so that the shifted rows are the same rows exactly.
        values = Array.ConvertAll(values, value => Math.Round(value * (1 << 20)) / (1 << 20));
        KMeansFit near = KMeans.Fit(ClusterData.Rows(values, 4), 5);
        KMeansFit far = KMeans.Fit(ClusterData.Rows(Array.ConvertAll(values, value => value + 1e8), 4), 5);
        Assert.Equal(near.Inertia, far.Inertia, 1e-6);
        AssertClose(near.Centers.ToArray(), far.Centers.ToArray(), 1e-6, -1e8);
    }

    [Fact]
    public void StopsWhenNoRowChangesItsClusterAndSaysSo()
    {
        double[] values = ClusterData.Blobs(2000, 3, 6, seed: 26);
        RowSource rows = ClusterData.Rows(values, 3);
        KMeansFit fit = KMeans.Fit(rows, 6, new KMeansOptions { Starts = 3 });
        Assert.Equal(StopReason.Stationary, fit.StopReason);
        Assert.True(fit.Converged);
        KMeansFit again = KMeans.Fit(rows, 6, new KMeansOptions { StartCenters = fit.Centers });
        Assert.Equal((0, StopReason.Stationary, fit.Inertia), (again.Iterations, again.StopReason, again.Inertia));
        Assert.All(fit.Trace.Zip(fit.Trace.Skip(1)), step => Assert.True(step.Second < step.First));
    }

    [Fact]
    public void AToleranceStopsEarlierAndIsConvergence()
    {
        RowSource rows = ClusterData.Rows(ClusterData.Blobs(3000, 3, 12, seed: 27), 3);
        KMeansFit full = KMeans.Fit(rows, 12, new KMeansOptions { Starts = 1, Initializer = KMeansInitializer.RandomRows });
        KMeansFit early = KMeans.Fit(rows, 12, new KMeansOptions { Starts = 1, Initializer = KMeansInitializer.RandomRows, Tolerance = 0.01 });
        Assert.Equal(StopReason.Converged, early.StopReason);
        Assert.True(early.Iterations < full.Iterations);
        Assert.Equal(full.Trace.Take(early.Trace.Count), early.Trace);
    }

    [Fact]
    public void TheBestStartIsKeptAndEveryStartCanBeHadByItsSeed()
    {
        RowSource rows = ClusterData.Rows(ClusterData.Lattice(400, 3, seed: 28), 3);
        KMeansFit fit = KMeans.Fit(rows, 7, new KMeansOptions { Starts = 8, Seed = 5 });
        Assert.Equal(8, fit.Starts.Count);
        Assert.Equal(-fit.Inertia, fit.Starts.Max(start => start.Objective));
        Assert.True(fit.Starts.Select(start => start.Objective).Distinct().Count() > 1, "The data were to have several local minima.");
        Assert.Equal(fit.Starts.Count(start => -start.Objective <= fit.Inertia * (1 + 1e-6)) / 8.0, fit.Agreement);
        foreach (StartReport start in fit.Starts)
        {
            KMeansFit alone = KMeans.Fit(rows, 7, new KMeansOptions { Starts = 1, Seed = start.Seed });
            Assert.Equal((start.Objective, start.Iterations), (-alone.Inertia, alone.Iterations));
        }
    }

    [Fact]
    public void CentersComeByWeightUnlessTheStartWasGiven()
    {
        double[] values = [0, 0.1, 10, 10.1, 10.2, 20];
        KMeansFit fit = KMeans.Fit(ClusterData.Rows(values, 1), 3);
        Assert.Equal([3.0, 2.0, 1.0], fit.Centers.Weights.ToArray());
        Assert.Equal(20, fit.Centers[2][0]);
        KMeansFit given = KMeans.Fit(ClusterData.Rows(values, 1), 3, new KMeansOptions { StartCenters = KMeansCenters.From(new double[,] { { 20 }, { 0 }, { 10 } }) });
        Assert.Equal([1.0, 2.0, 3.0], given.Centers.Weights.ToArray());
    }

    [Fact]
    public void AnEmptyClusterMovesToTheFarthestRowAndIsReported()
    {
        double[] values = [0, 1, 2, 3, 4, 50];
        KMeansCenters start = new([1.0, 2.0, 1000.0, 2000.0], 1);
        KMeansFit fit = KMeans.Fit(ClusterData.Rows(values, 1), 4, new KMeansOptions { StartCenters = start });
        Assert.Equal(StopReason.Stationary, fit.StopReason);
        Assert.All(fit.Centers.Weights, weight => Assert.True(weight > 0));
        // Clusters 0 and 1 become {0, 1} and {2, 3, 4, 50}, with means 0.5 and 14.75: row 5 is the farthest from both, then, with a
        // center there too, row 4. That leaves cluster 1 empty; beside 1, 3.5 and 50 rows 0 and 2 are equally far.
        Assert.Equal([2, 3, 1], fit.Degeneracies.Select(found => found.Component));
        Assert.Equal([1, 1, 2], fit.Degeneracies.Select(found => found.Iteration));
        Assert.Contains("row 5", fit.Degeneracies[0].Message);
        Assert.Contains("row 4", fit.Degeneracies[1].Message);
        Assert.Contains("row 0", fit.Degeneracies[2].Message);
        Assert.All(fit.Trace.Zip(fit.Trace.Skip(1)), step => Assert.True(step.Second < step.First));
    }

    [Fact]
    public void EqualStartCentersAreParted()
    {
        double[] values = ClusterData.Blobs(200, 2, 4, seed: 29);
        KMeansCenters start = new(new double[8], 2);
        KMeansFit fit = KMeans.Fit(ClusterData.Rows(values, 2), 4, new KMeansOptions { StartCenters = start });
        Assert.Equal(StopReason.Stationary, fit.StopReason);
        Assert.All(fit.Centers.Weights, weight => Assert.True(weight > 0));
    }

    [Fact]
    public void PredictDistancesAndScoreAgreeWithPlainLoops()
    {
        double[] values = ClusterData.Blobs(5000, 3, 4, seed: 30);
        double[] weights = ClusterData.RandomWeights(5000, seed: 31);
        RowSource rows = ClusterData.Rows(values, 3, weights);
        KMeansFit fit = KMeans.Fit(rows, 4, new KMeansOptions { Starts = 2 });
        int[] labels = fit.Predict(rows);
        double[,] distances = fit.Distances(rows);
        double inertia = 0;
        for (int row = 0; row < 5000; row++)
        {
            ReadOnlySpan<double> x = values.AsSpan(row * 3, 3);
            Assert.Equal(ClusterData.Nearest(x, fit.Centers), labels[row]);
            Assert.Equal(labels[row], fit.Predict(x));
            for (int center = 0; center < 4; center++)
            {
                Assert.Equal(Math.Sqrt(ClusterData.SquaredDistance(x, fit.Centers[center])), distances[row, center]);
            }
            inertia += weights[row] * distances[row, labels[row]] * distances[row, labels[row]];
        }
        Assert.Equal(-inertia, fit.Score(rows), 1e-12 * inertia);
        Assert.Equal(fit.Inertia, -fit.Score(rows), 1e-12 * inertia);
    }

    [Fact]
    public void ZeroWeightRowsCountAsAbsent()
    {
        double[] values = [0, 1, 10, 11, 1000];
        KMeansFit fit = KMeans.Fit(ClusterData.Rows(values, 1, [1, 1, 1, 1, 0]), 2);
        Assert.Equal([0.5, 10.5], fit.Centers.Values.ToArray().Order());
        Assert.Equal(1, fit.Inertia);
        ArgumentException few = Assert.Throws<ArgumentException>(() => KMeans.Fit(ClusterData.Rows(values, 1, [1, 1, 0, 0, 0]), 3));
        Assert.Contains("at least as many rows of positive weight as clusters (3), found 2", few.Message);
    }

    [Fact]
    public void BadQuestionsAreNamedErrors()
    {
        RowSource rows = ClusterData.Rows([1, 2, 3, 1, 2, 3], 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Fit(rows, 0));
        Assert.Throws<ArgumentNullException>(() => KMeans.Fit(null!, 1));
        Assert.Contains("found 6", Assert.Throws<ArgumentException>(() => KMeans.Fit(rows, 7)).Message);
        Assert.Contains("distinct rows", Assert.Throws<ArgumentException>(() => KMeans.Fit(rows, 4)).Message);
        KMeansCenters spread = new([1.0, 1.5, 2.0, 3.0], 1);
        Assert.Contains("distinct rows", Assert.Throws<ArgumentException>(() => KMeans.Fit(rows, 4, new KMeansOptions { StartCenters = spread })).Message);
        Assert.Contains("found 0", Assert.Throws<ArgumentException>(() => KMeans.Fit(ClusterData.Rows([], 2), 1)).Message);
        ArgumentException missing = Assert.Throws<ArgumentException>(() => KMeans.Fit(ClusterData.Rows([1, 2, 3, double.NaN], 2), 1));
        Assert.Contains("found a missing cell in row 1, column 1", missing.Message);
        Assert.Contains("latent impute", missing.Message);
        Assert.Contains("start centers of 1 columns", Assert.Throws<ArgumentException>(() => KMeans.Fit(rows, 1, new KMeansOptions { StartCenters = spread })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Fit(rows, 1, new KMeansOptions { Starts = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Fit(rows, 1, new KMeansOptions { Tolerance = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Fit(rows, 1, new KMeansOptions { Initializer = (KMeansInitializer)9 }));
        Assert.Throws<ArgumentException>(() => new KMeansCenters([1.0, double.NaN], 1));
        Assert.Throws<ArgumentException>(() => new KMeansCenters([], 1));
        KMeansFit fit = KMeans.Fit(rows, 2);
        Assert.Contains("Expected rows of 1 columns, found 2", Assert.Throws<ArgumentException>(() => fit.Predict(ClusterData.Rows([1, 2], 2))).Message);
        Assert.Throws<ArgumentException>(() => fit.Predict(ClusterData.Rows([double.NaN], 1)));
        Assert.Throws<ArgumentException>(() => fit.Predict([double.NaN]));
    }

    [Theory]
    [InlineData(1e300)]
    [InlineData(1.7e308)]
    public void SquaresThatOverflowAreANamedError(double scale)
    {
        double[] values = Array.ConvertAll(ClusterData.Blobs(50, 2, 2, seed: 32), value => value / 6 * scale);
        Assert.Throws<NumericalException>(() => KMeans.Fit(ClusterData.Rows(values, 2), 2, new KMeansOptions { StartCenters = ClusterData.FirstRows(values, 2, 2) }));
    }

    [Fact]
    public void AsManyClustersAsDistinctRowsLeaveNoInertia()
    {
        KMeansFit fit = KMeans.Fit(ClusterData.Rows([5, 1, 9, 1, 5, 9, 9], 1), 3);
        Assert.Equal(0, fit.Inertia);
        Assert.Equal(StopReason.Stationary, fit.StopReason);
        Assert.Equal([9.0, 5.0, 1.0], [.. fit.Centers.Values.ToArray().OrderDescending()]);
    }

    [Fact]
    public void CancellingKeepsTheBestSoFarOrThrowsWhenThereIsNone()
    {
        RowSource rows = ClusterData.Rows(ClusterData.Blobs(5000, 3, 10, seed: 33), 3);
        using CancellationTokenSource source = new();
        Stop progress = new(source, after: 3);
        KMeansFit fit = KMeans.Fit(rows, 10, new KMeansOptions { Progress = progress, Starts = 5 }, source.Token);
        Assert.Equal(StopReason.Cancelled, fit.StopReason);
        Assert.Equal(3, fit.Iterations);
        Assert.Equal(4, fit.Trace.Count);
        Assert.Equal(-fit.Inertia, fit.Score(rows));
        Assert.ThrowsAny<OperationCanceledException>(() => KMeans.Fit(rows, 10, cancellation: source.Token));
    }

    [Fact]
    public void ATimeLimitOfZeroEvaluatesOneStart()
    {
        RowSource rows = ClusterData.Rows(ClusterData.Blobs(500, 3, 4, seed: 34), 3);
        KMeansFit fit = KMeans.Fit(rows, 4, new KMeansOptions { TimeLimit = TimeSpan.Zero });
        Assert.Equal((StopReason.TimeLimit, 0, 1), (fit.StopReason, fit.Iterations, fit.Starts.Count));
    }

    [Fact]
    public async Task FitAsyncGivesTheSameBits()
    {
        RowSource rows = ClusterData.Rows(ClusterData.Blobs(300, 2, 3, seed: 35), 2);
        KMeansFit later = await KMeans.FitAsync(rows, 3);
        Assert.Equal(KMeans.Fit(rows, 3).Trace, later.Trace);
    }

    [Fact]
    public void RelabellingTheStartRelabelsTheFit()
    {
        double[] values = ClusterData.Blobs(600, 3, 4, seed: 36);
        double[,] start = ClusterData.FirstRows(values, 3, 4).ToArray();
        double[,] turned = new double[4, 3];
        for (int center = 0; center < 4; center++)
        {
            for (int column = 0; column < 3; column++)
            {
                turned[(center + 1) % 4, column] = start[center, column];
            }
        }
        RowSource rows = ClusterData.Rows(values, 3);
        KMeansFit fit = KMeans.Fit(rows, 4, new KMeansOptions { StartCenters = KMeansCenters.From(start) });
        KMeansFit other = KMeans.Fit(rows, 4, new KMeansOptions { StartCenters = KMeansCenters.From(turned) });
        for (int center = 0; center < 4; center++)
        {
            Assert.Equal(fit.Centers[center].ToArray(), other.Centers[(center + 1) % 4].ToArray());
        }
    }

    private static void AssertClose(double[,] expected, double[,] actual, double tolerance, double shift = 0)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int row = 0; row < expected.GetLength(0); row++)
        {
            for (int column = 0; column < expected.GetLength(1); column++)
            {
                Assert.Equal(expected[row, column], actual[row, column] + shift, tolerance);
            }
        }
    }

    private sealed class Stop(CancellationTokenSource source, int after) : IProgress<EmProgress>
    {
        public void Report(EmProgress value)
        {
            if (value.Iteration == after)
            {
                source.Cancel();
            }
        }
    }
}
