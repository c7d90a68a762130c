using Latent.Data;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Selection;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Tests.Selection;

/// <summary>The bootstrap likelihood-ratio test: mclust's p-values, the right size, the same bits by any number of threads.</summary>
public sealed class LikelihoodRatioTests
{
    private static readonly RowSource _faithful = FaithfulData.Rows;

    /// <summary>
    /// mclust 6.0.0, mclustBootstrapLRT(faithful, "EEE", nboot = 400): 1 against 2 components 299.22, p 0.0025, the least there is; 2 against 3 27.721, p 0.0025. "VVV": 319.065, p 0.0025.
    /// </summary>
    [Theory]
    [InlineData(CovarianceStructure.Tied, 1, 299.22)]
    [InlineData(CovarianceStructure.Tied, 2, 27.72)]
    [InlineData(CovarianceStructure.Full, 1, 319.065)]
    public void TheSignificantOnesAreMclusts(CovarianceStructure structure, int count, double statistic)
    {
        GaussianMixtureOptions options = new() { Covariance = structure };
        LikelihoodRatioTest test = LikelihoodRatioTest.Run(
            _faithful, GaussianMixture.Fit(_faithful, count, options), GaussianMixture.Fit(_faithful, count + 1, options), options, new LikelihoodRatioOptions { Replicates = 99 });
        Assert.Equal(statistic, test.Statistic, .05);
        Assert.Equal((0, 99, 0.01), (test.Exceedances, test.Replicates, test.PValue));
    }

    /// <summary>
    /// mclust 6.0.0, mclustBootstrapLRT(faithful[, column], "E", nboot = 999): 3 components against 4, eruptions 9.989, p 0.005; waiting 4.716 (its fit with three is 0.5 nats below the maximum), p 0.155.
    /// With 149 replicates the standard error of the second is 0.03: within four of them.
    /// </summary>
    [Theory]
    [InlineData(0, 9.989, 0, .035)]
    [InlineData(1, 3.734, .035, .275)]
    public void TheOthersAreWithinMonteCarloError(int column, double statistic, double least, double most)
    {
        RowSource rows = RowSource.From([.. FaithfulData.Rows.Select(row => row[column])], 1);
        GaussianMixtureOptions options = new() { Covariance = CovarianceStructure.Tied };
        LikelihoodRatioTest test = LikelihoodRatioTest.Run(
            rows, GaussianMixture.Fit(rows, 3, options), GaussianMixture.Fit(rows, 4, options), options, new LikelihoodRatioOptions { Replicates = 149, Exceedances = 0 });
        Assert.Equal(statistic, test.Statistic, .05);
        Assert.InRange(test.PValue, least, most);
        Assert.Equal((149, 0), (test.Replicates, test.Failed));
    }

    /// <summary>
    /// Under the null hypothesis p-values are uniform: of 40 sets of two groups, at most 9 have p ≤ 0.1 for a third (4 expected; more happen once in 200 times), and not all are above.
    /// </summary>
    [Fact]
    public void TheSizeIsWhatItSays()
    {
        List<double> values = [];
        for (ulong seed = 1; seed <= 40; seed++)
        {
            RandomGenerator random = new(seed, 12);
            RowSource rows = RowSource.From([.. Enumerable.Range(0, 80).Select(row => random.NextGaussian() + (row % 2 == 0 ? 0 : 4))], 1);
            GaussianMixtureOptions options = new() { Covariance = CovarianceStructure.Tied, Seed = seed, Starts = 5 };
            values.Add(LikelihoodRatioTest.Run(
                rows, GaussianMixture.Fit(rows, 2, options), GaussianMixture.Fit(rows, 3, options), options, new LikelihoodRatioOptions { Replicates = 29, Exceedances = 3, Starts = 1 }).PValue);
        }
        Assert.InRange(values.Count(p => p <= .1), 0, 9);
        Assert.InRange(values.Count(p => p > .5), 8, 32);
    }

    [Fact]
    public void ThreadsGiveTheSameBitsAndTheTestEndsEarly()
    {
        GaussianMixtureFit two = GaussianMixture.Fit(_faithful, 2), three = GaussianMixture.Fit(_faithful, 3, new GaussianMixtureOptions { StartLabels = FaithfulData.Tertiles });
        LikelihoodRatioTest[] tests =
        [
            .. new[] { 1, 3 }.Select(threads => LikelihoodRatioTest.Run(
                _faithful, two, three, new GaussianMixtureOptions { Threads = threads }, new LikelihoodRatioOptions { Replicates = 60, Exceedances = 4, Starts = 1 })),
        ];
        Assert.Equal(tests[0], tests[1]);
        Assert.True(tests[0].Exceedances == 4 ? tests[0].PValue == 4.0 / tests[0].Replicates : tests[0].PValue == (tests[0].Exceedances + 1.0) / 61);
    }

    [Fact]
    public void TheSearchGoesOnWhileTestsAreSignificant()
    {
        RandomGenerator random = new(8);
        RowSource rows = RowSource.From([.. Enumerable.Range(0, 120).Select(row => random.NextGaussian() + 7 * (row % 3))], 1);
        SelectionTable table = GaussianMixtureSelection.Run(rows, Enumerable.Range(1, 5), new GaussianMixtureSelectionOptions
        {
            Structures = [CovarianceStructure.Tied],
            Criterion = SelectionCriterion.BootstrapLikelihoodRatio,
            Test = new LikelihoodRatioOptions { Replicates = 39, Exceedances = 4, Starts = 1 },
            Fit = new GaussianMixtureOptions { Starts = 6 },
        });
        Assert.Equal(3, table.Best!.Components);
        Assert.Equal([.025, .025], table.Take(2).Select(cell => cell.Test!.PValue));
        Assert.True(table[2].Test!.PValue > .05 && table[2].IsTestChoice);
        Assert.All(table.Skip(3), cell => Assert.Null(cell.Test));
        Assert.True(double.IsNaN(table[1].Value(SelectionCriterion.BootstrapLikelihoodRatio)));
    }

    [Fact]
    public void WrongFitsAndOptionsAreRefused()
    {
        GaussianMixtureFit two = GaussianMixture.Fit(_faithful, 2);
        Assert.Throws<ArgumentException>(() => LikelihoodRatioTest.Run(_faithful, two, two));
        Assert.Throws<ArgumentOutOfRangeException>(() => LikelihoodRatioTest.Run(_faithful, GaussianMixture.Fit(_faithful, 1), two, null, new LikelihoodRatioOptions { Level = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => LikelihoodRatioTest.Run(_faithful, GaussianMixture.Fit(_faithful, 1), two, null, new LikelihoodRatioOptions { Replicates = 0 }));
    }
}
