using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Mixtures.Starts;

public class MixtureInitializerTests
{
    public static TheoryData<string> Names => [.. MixtureInitializer.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheSameStartOnAnyNumberOfThreads(string name)
    {
        RowSource rows = Blobs(9000, 3, 4, 1);
        GaussianMixtureFit one = Fit(rows, 4, name, threads: 1);
        GaussianMixtureFit three = Fit(rows, 4, name, threads: 3);
        Assert.Equal(one.Result.Trace, three.Result.Trace);
        Assert.Equal(one.Result.Starts, three.Result.Starts);
        Assert.All(one.Result.Starts, start => Assert.Equal(name, start.Initializer));
    }

    /// <summary>Duplicates, constant columns, hardly more rows than components: a valid start, or one that is dropped by name, never an invalid one.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void DegenerateDataGiveAStartOrADroppedOne(string name)
    {
        double[] twins = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4];
        double[] constant = [.. Enumerable.Range(0, 40).SelectMany(row => (double[])[row % 7, 5])];
        double[] few = [0, 0, 1, 2, 5, 1, 7, 9];
        foreach ((double[] values, int columns, int components) in ((double[], int, int)[])[(twins, 1, 4), (constant, 2, 3), (few, 2, 4), (few, 2, 3)])
        {
            foreach (CovarianceStructure structure in Enum.GetValues<CovarianceStructure>())
            {
                GaussianMixtureFit? fit = null;
                try
                {
                    fit = GaussianMixture.Fit(RowSource.From(values, columns), components, new GaussianMixtureOptions
                    {
                        Starts = 3,
                        MaxIterations = 3,
                        Covariance = structure,
                        Initializers = [MixtureInitializer.Named(name)],
                    });
                }
                catch (NumericalException failure)
                {
                    Assert.Contains("Expected", failure.Message, StringComparison.Ordinal);
                    continue;
                }
                Assert.True(double.IsFinite(fit.LogLikelihood));
                Assert.Equal(1, fit.Weights.Sum(), 1e-12);
                Assert.All(fit.Result.Starts, start => Assert.True(double.IsFinite(start.Objective) || start.Message is not null));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WellSeparatedGroupsAreFound(string name)
    {
        // Only the random partition, which begins with all components in one place, and single random centres may miss one.
        RowSource rows = Blobs(600, 2, 3, 7, distance: 20);
        double known = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { StartLabels = [.. Enumerable.Range(0, 600).Select(row => row % 3)] }).LogLikelihood;
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { Starts = 20, Initializers = [MixtureInitializer.Named(name)] });
        Assert.Equal(known, fit.LogLikelihood, 1e-4);
    }

    [Fact]
    public void DeterministicInitialisersTakePartOnce()
    {
        MixtureInitializer hierarchical = new HierarchicalInitializer(), centres = new RandomCentresInitializer(), partition = new RandomPartitionInitializer();
        Assert.Equal([centres, hierarchical, partition, centres, partition, centres], MixtureInitializer.Lineup([centres, hierarchical, partition], 6));
        Assert.Equal([hierarchical], MixtureInitializer.Lineup([hierarchical], 6));
        Assert.Equal([hierarchical, centres], MixtureInitializer.Lineup([hierarchical, centres], 2));
    }

    [Fact]
    public void NamesAreThoseOfTheInitialisersAndOthersAreRefused()
    {
        Assert.All(MixtureInitializer.Names, name => Assert.Equal(name, MixtureInitializer.Named(name).Name));
        Assert.Contains("kmeans++", Assert.Throws<ArgumentException>(() => MixtureInitializer.Named("kmeans")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Fit(Blobs(30, 1, 2, 1), new GaussianMixtureOptions { Initializers = [] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AnnealingInitializer(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AnnealingInitializer(0.5, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShortRunsInitializer(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HierarchicalInitializer(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SplitInitializer(0));
        static GaussianMixtureFit Fit(RowSource rows, GaussianMixtureOptions options) => GaussianMixture.Fit(rows, 2, options);
    }

    /// <summary>Group sizes of hc(X, modelName = "EII" or "VVV", use = "SVD") of mclust 6.0.0, hclass at 2 groups and more.</summary>
    [Theory]
    [InlineData("iris.csv", HierarchicalCriterion.Equal, "49 101", "39 49 62", "18 39 44 49", "13 18 36 39 44")]
    [InlineData("faithful.csv", HierarchicalCriterion.Equal, "96 176", "40 96 136", "40 45 51 136", "40 45 51 55 81")]
    [InlineData("iris.csv", HierarchicalCriterion.Unequal, "49 101", "39 49 62", "16 33 39 62")]
    public void HierarchicalPartitionsAreThoseOfMclust(string file, HierarchicalCriterion criterion, params string[] sizes)
    {
        string[][] lines = [.. File.ReadLines(Path.Combine(Architecture.Repository.Root, "samples", file)).Skip(1).Select(line => line.Split(','))];
        int columns = lines[0].Count(cell => double.TryParse(cell, out _));
        RowSource rows = RowSource.From([.. lines.SelectMany(line => line.Take(columns).Select(double.Parse))], columns);
        foreach (string expected in sizes)
        {
            // With no iteration the weights of the start are the shares of its groups.
            int groups = expected.Split(' ').Length;
            GaussianMixtureFit start = GaussianMixture.Fit(rows, groups, new GaussianMixtureOptions { Initializers = [new HierarchicalInitializer(Criterion: criterion)], MaxIterations = 0 });
            Assert.Equal(expected, string.Join(' ', start.Weights.Select(weight => Math.Round(weight * rows.Rows)).Order()));
        }
    }

    /// <summary>From any smaller fit, also on data with nothing more to find, splitting never lowers the log-likelihood.</summary>
    [Fact]
    public void GrowingBySplitsNeverLowersTheLogLikelihood()
    {
        foreach (RowSource rows in (RowSource[])[Blobs(300, 2, 3, 3), Blobs(60, 1, 1, 4), RowSource.From([1.0, 1, 1, 2, 2, 2, 2, 3, 3, 9])])
        {
            foreach (CovarianceStructure structure in Enum.GetValues<CovarianceStructure>())
            {
                GaussianMixtureOptions options = new() { Covariance = structure, Initializers = [new SplitInitializer()] };
                GaussianMixtureFit smaller = GaussianMixture.Fit(rows, 1, options);
                for (int components = 2; components <= 4; components++)
                {
                    GaussianMixtureFit grown = GaussianMixture.Fit(rows, components, options with { Smaller = new Mixture<Gaussian>(smaller.Weights.AsSpan(), smaller.Components.AsSpan()) });
                    Assert.True(grown.LogLikelihood >= smaller.LogLikelihood - 1e-9 * Math.Abs(smaller.LogLikelihood), $"{structure}, {components} components: {smaller.LogLikelihood:R} to {grown.LogLikelihood:R}.");
                    Assert.Equal("split", Assert.Single(grown.Result.Starts).Initializer);
                    smaller = grown;
                }
            }
        }
    }

    [Fact]
    public void ASmallerFitAddsASplitToTheDefaultStarts()
    {
        RowSource rows = Blobs(300, 2, 3, 3);
        GaussianMixtureFit two = GaussianMixture.Fit(rows, 2);
        GaussianMixtureFit three = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { Smaller = new Mixture<Gaussian>(two.Weights.AsSpan(), two.Components.AsSpan()) });
        Assert.Equal("split", three.Result.Starts[0].Initializer);
        Assert.True(three.LogLikelihood > two.LogLikelihood + 1);
    }

    private static GaussianMixtureFit Fit(RowSource rows, int components, string name, int threads) => GaussianMixture.Fit(
        rows, components, new GaussianMixtureOptions { Starts = 3, MaxIterations = 12, Threads = threads, Initializers = [MixtureInitializer.Named(name)] });

    private static RowSource Blobs(int rows, int columns, int groups, int seed, double distance = 4)
    {
        Random random = new(seed);
        double[] values = new double[rows * columns];
        for (int cell = 0; cell < values.Length; cell++)
        {
            values[cell] = distance * (cell / columns % groups) * (cell % columns == 0 ? 1 : -0.5) + Simulate.Normal(random);
        }
        return RowSource.From(values, columns);
    }
}
