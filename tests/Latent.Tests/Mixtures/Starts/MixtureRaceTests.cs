using Latent.Data;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Mixtures.Starts;

public class MixtureRaceTests
{
    private static readonly RowSource _rows = Overlapping();

    [Fact]
    public void TheWinnerIsTheBestOfAllAndAllAreReported()
    {
        GaussianMixtureFit fit = GaussianMixture.Fit(_rows, 4, new GaussianMixtureOptions { Starts = 12 });
        Assert.Equal(12, fit.Result.Starts.Count);
        Assert.Equal(["kmeans++", "random", "partition", "kmeans++"], fit.Result.Starts.Take(4).Select(start => start.Initializer));
        Assert.Contains(fit.Result.Starts, start => start.StopReason == StopReason.Dropped);
        Assert.All(fit.Result.Starts, start => Assert.True(start.Objective <= fit.Result.Objective + 0.01));
        // One evaluation for each start's first M-step, one for the start itself, and one an iteration.
        Assert.Equal(fit.Result.Starts.Sum(start => 2 + start.Iterations), fit.Result.Evaluations);
    }

    [Fact]
    public void AnExhaustiveRaceRunsEveryStartToItsEndAndARaceIsCheaper()
    {
        GaussianMixtureFit all = GaussianMixture.Fit(_rows, 4, new GaussianMixtureOptions { Starts = 12, Race = RacePlan.Exhaustive });
        GaussianMixtureFit race = GaussianMixture.Fit(_rows, 4, new GaussianMixtureOptions { Starts = 12 });
        Assert.All(all.Result.Starts, start => Assert.Contains(start.StopReason, (StopReason[])[StopReason.Converged, StopReason.Stationary, StopReason.RoundingFloor]));
        Assert.True(race.Result.Evaluations < all.Result.Evaluations);
        Assert.Equal(all.Result.Starts.Count(start => Math.Abs(start.Objective - all.Result.Objective) <= 0.1) / 12.0, all.Result.Agreement);
        Assert.InRange(all.Result.Agreement, 1 / 12.0, 11 / 12.0);
    }

    [Fact]
    public void AStartThatBreaksIsDroppedAndReported()
    {
        GaussianMixtureFit fit = GaussianMixture.Fit(_rows, 4, new GaussianMixtureOptions { Starts = 3, Initializers = [new Broken(), new PlusPlusInitializer()] });
        Assert.Equal([StopReason.Failed, StopReason.Failed], fit.Result.Starts.Where(start => start.Initializer == "broken").Select(start => start.StopReason));
        Assert.Equal("Expected a sound start, found none.", fit.Result.Starts[0].Message);
        Assert.Equal(1, fit.Result.Agreement);
        Assert.Throws<NumericalException>(() => GaussianMixture.Fit(_rows, 4, new GaussianMixtureOptions { Starts = 3, Initializers = [new Broken()] }));
    }

    [Fact]
    public void AnInitialiserFromOutsideTakesPart()
    {
        GaussianMixtureFit fit = GaussianMixture.Fit(_rows, 3, new GaussianMixtureOptions { Starts = 1, Initializers = [new Thirds()] });
        Assert.Equal("thirds", Assert.Single(fit.Result.Starts).Initializer);
        GaussianMixtureFit same = GaussianMixture.Fit(_rows, 3, new GaussianMixtureOptions { StartLabels = [.. Enumerable.Range(0, (int)_rows.Rows).Select(row => row % 3)] });
        Assert.Equal(same.LogLikelihood, fit.LogLikelihood);
    }

    [Fact]
    public void SmallDataAreGivenMoreStarts()
    {
        Assert.Equal(42, GaussianMixture.Fit(RowSource.From([.. Enumerable.Range(0, 50).Select(i => Math.Sqrt(i))]), 2).Result.Starts.Count);
        Assert.Equal(12, GaussianMixture.Fit(_rows, 6).Result.Starts.Count);
        Assert.Equal(["hierarchical", "split"], GaussianMixture.Fit(_rows, 6).Result.Starts.TakeLast(2).Select(start => start.Initializer));
        Assert.Equal(10, GaussianMixture.Fit(_rows, 48).Result.Starts.Count);
        Assert.Single(GaussianMixture.Fit(_rows, 1).Result.Starts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void TheRaceDoesNotDependOnThreads(int threads)
    {
        GaussianMixtureFit reference = GaussianMixture.Fit(_rows, 4, new GaussianMixtureOptions { Threads = 2 });
        GaussianMixtureFit fit = GaussianMixture.Fit(_rows, 4, new GaussianMixtureOptions { Threads = threads });
        Assert.Equal(reference.Result.Starts, fit.Result.Starts);
        Assert.Equal(reference.Result.Trace, fit.Result.Trace);
    }

    [Fact]
    public void ARaceOnASubsetHandsItsWinnerToAllRows()
    {
        GaussianMixtureFit fit = GaussianMixture.Fit(_rows, 4, new GaussianMixtureOptions { RaceRows = 200, Starts = 10 });
        Assert.Equal(10, fit.Result.Starts.Count);
        Assert.True(fit.Converged);
        Assert.True(fit.Result.Starts.Max(start => start.Objective) > fit.Result.Objective / 2, "The race's objectives are those of the subset.");
    }

    [Fact]
    public void PlansOutOfRangeAreRefused()
    {
        foreach (RacePlan plan in (RacePlan[])[new(-1), new(StepIterations: 0), new(Optimism: -1), new(Optimism: double.NaN)])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => GaussianMixture.Fit(_rows, 2, new GaussianMixtureOptions { Race = plan }));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianMixture.Fit(_rows, 2, new GaussianMixtureOptions { Starts = -1 }));
    }

    private static RowSource Overlapping()
    {
        Random random = new(3);
        double[] values = new double[2 * 500];
        for (int row = 0; row < 500; row++)
        {
            int component = random.Next(5);
            values[2 * row] = 2 * Math.Cos(component) * component + (1 + component % 2) * Simulate.Normal(random);
            values[2 * row + 1] = 2 * Math.Sin(component) * component + Simulate.Normal(random);
        }
        return RowSource.From(values, 2);
    }

    private sealed record Broken : MixtureInitializer
    {
        public override string Name => "broken";

        public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) =>
            throw new DegenerateStartException("Expected a sound start, found none.");
    }

    private sealed record Thirds : MixtureInitializer
    {
        public override string Name => "thirds";

        public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) =>
            context.FromLabels([.. Enumerable.Range(0, (int)context.Rows.Rows).Select(row => row % 3)]);
    }
}
