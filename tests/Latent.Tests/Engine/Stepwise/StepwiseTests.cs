using Latent.Clustering;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Tests.Engine.Stepwise;

/// <summary>Stepwise and incremental EM: where they lead, what they forget, and how they go on.</summary>
public sealed class StepwiseTests
{
    private static readonly double[] _truth = [-3, 0, 4];

    [Theory]
    [InlineData(0.0)]
    [InlineData(1e8)]
    public void AnEpochIsWorthMoreThanAsManyPassesAtAnyOffset(double offset)
    {
        RowSource data = Simulate(200_000, offset, seed: 1);
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Start(offset);
        EmResult<Mixture<Gaussian>> batch = Em.Fit(model, data, start);
        EmOptions plain = new() { Acceleration = Accelerator.None, Stopping = StoppingRule.Never };
        foreach (EmAlgorithm algorithm in (EmAlgorithm[])[new StepwiseEm { BatchSize = 512 }, new IncrementalEm { BatchSize = 512 }])
        {
            EmResult<Mixture<Gaussian>> epoch = Em.Fit(model, data, start, new EmOptions { Algorithm = algorithm, MaxIterations = 0 });
            EmResult<Mixture<Gaussian>> passes = Em.Fit(model, data, start, plain with { MaxIterations = epoch.Evaluations - 1 });
            double left = (batch.LogLikelihood - epoch.LogLikelihood) / (batch.LogLikelihood - passes.LogLikelihood);
            Assert.True(left is >= 0 and < 0.75, $"{left:P1} of what {passes.Evaluations} passes leave is left after {algorithm}");
            EmResult<Mixture<Gaussian>> polished = Em.Fit(model, data, start, new EmOptions { Algorithm = algorithm });
            Assert.Equal(batch.LogLikelihood, polished.LogLikelihood, 1e-5 * Math.Max(1, offset * 1e-6));
            Assert.True(polished.Converged);
        }
    }

    [Fact]
    public void EpochsCountAsPasses()
    {
        RowSource data = Simulate(9000, 0, seed: 2);
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Start(0);
        EmOptions options = new() { MaxIterations = 0, Algorithm = new StepwiseEm { Epochs = 3 } };
        Assert.Equal(4, Em.Fit(model, data, start, options).Evaluations);
        Assert.Equal(1, Em.Fit(model, data, start, options with { Algorithm = EmAlgorithm.Batch }).Evaluations);
    }

    [Fact]
    public void TheOptimumIsAFixedPointOfIncrementalEm()
    {
        RowSource data = Simulate(20_000, 0, seed: 3);
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Start(0);
        EmResult<Mixture<Gaussian>> best = Em.Fit(model, data, start, new EmOptions { Stopping = StoppingRule.RemainingGain(1e-9) });
        EmResult<Mixture<Gaussian>> after = Em.Fit(
            model, data, best.Parameters, new EmOptions { Algorithm = new IncrementalEm { BatchSize = 1024, Epochs = 30 }, MaxIterations = 0 });
        Assert.Equal(best.LogLikelihood, after.LogLikelihood, 1e-3);
    }

    [Fact]
    public void FewBlocksOfLittleMemoryAreEnough()
    {
        RowSource data = Simulate(20_000, 0, seed: 3);
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Start(0);
        EmOptions options = new() { Algorithm = new IncrementalEm { BatchSize = 512, Memory = 1 }, MaxIterations = 0, Stopping = StoppingRule.Never };
        EmResult<Mixture<Gaussian>> blocks = Em.Fit(model, data, start, options);
        // One block of all rows: each epoch is an iteration of batch EM, but for the order of the sum.
        EmResult<Mixture<Gaussian>> batch = Em.Fit(model, data, start, new EmOptions { Acceleration = Accelerator.None, MaxIterations = 2, Stopping = StoppingRule.Never });
        Assert.Equal(batch.LogLikelihood, blocks.LogLikelihood, 1e-6);
    }

    [Fact]
    public void AStreamResumedHasTheBitsOfOneUninterrupted()
    {
        RowSource data = Simulate(12_000, 0, seed: 4);
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Start(0);
        OnlineEm<Mixture<Gaussian>, RowChunk> whole = new(model, start, new OnlineOptions { Threads = 1 });
        OnlineEm<Mixture<Gaussian>, RowChunk> parts = new(model, start, new OnlineOptions { Threads = 3 });
        for (int batch = 0; batch < 12; batch++)
        {
            RowChunk rows = data.GetRows(batch * 1000, 1000);
            Assert.Equal(whole.PartialFit(rows), parts.PartialFit(rows));
            OnlineState<Mixture<Gaussian>> state = parts.Save();
            parts = new OnlineEm<Mixture<Gaussian>, RowChunk>(model, state);
        }
        Assert.Equal(12, parts.Steps);
        Assert.Equal(12_000, parts.Mass);
        Assert.Equal(whole.Foresight, parts.Foresight);
        Assert.Equal(Numbers(whole.Averaged), Numbers(parts.Averaged));
        Assert.Equal(Numbers(whole.Parameters), Numbers(parts.Parameters));
    }

    [Fact]
    public void WithAHalfLifeAStreamFollowsDrift()
    {
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Start(0);
        OnlineEm<Mixture<Gaussian>, RowChunk> follows = new(model, start, new OnlineOptions { HalfLife = 6000 });
        OnlineEm<Mixture<Gaussian>, RowChunk> remembers = new(model, start);
        RowSource before = Simulate(200_000, 0, seed: 5);
        RowSource after = Simulate(100_000, 1.5, seed: 6);
        foreach (OnlineEm<Mixture<Gaussian>, RowChunk> online in (OnlineEm<Mixture<Gaussian>, RowChunk>[])[follows, remembers])
        {
            Feed(online, before);
            Feed(online, after);
        }
        RowSource test = Simulate(20_000, 1.5, seed: 7);
        double best = Em.Fit(model, test, Start(1.5).Start).LogLikelihood / test.Rows;
        Assert.InRange(best - follows.Score(test), 0, 0.02);
        Assert.True(best - remembers.Score(test) > 0.05, $"{best - remembers.Score(test)}");
        Assert.InRange(follows.Foresight - follows.Score(test), -0.1, 0.1);
    }

    [Fact]
    public void WeightsCountAsRepeatedRows()
    {
        RowSource data = Simulate(8192, 0, seed: 8);
        double[] twice = [.. Enumerable.Range(0, 8192).SelectMany(row => (double[])[data.GetRows(row, 1)[0, 0], data.GetRows(row, 1)[0, 0]])];
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Start(0);
        OnlineEm<Mixture<Gaussian>, RowChunk> weighted = new(model, start);
        OnlineEm<Mixture<Gaussian>, RowChunk> repeated = new(model, start);
        Feed(weighted, data.WithWeights(Enumerable.Repeat(2.0, 8192).ToArray()), 1024);
        Feed(repeated, RowSource.From(twice), 2048);
        Assert.Equal(repeated.Mass, weighted.Mass);
        Assert.All(Numbers(repeated.Averaged).Zip(Numbers(weighted.Averaged)), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.True(double.IsNaN(weighted.PartialFit(new RowChunk((double[])[1.0], 1, (double[])[0.0]))));
        Assert.Equal(8, weighted.Steps);
    }

    [Fact]
    public void MiniBatchesOfKMeansLeadToTheSameClusters()
    {
        RowSource data = Simulate(50_000, 0, seed: 9);
        KMeansOptions options = new() { Starts = 1, StartCenters = new KMeansCenters([-1.0, 0, 1], 1) };
        KMeansFit lloyd = KMeans.Fit(data, 3, options);
        foreach (EmAlgorithm algorithm in (EmAlgorithm[])[new StepwiseEm(), new IncrementalEm()])
        {
            KMeansFit epochs = KMeans.Fit(data, 3, options with { Algorithm = algorithm });
            Assert.Equal(1, epochs.Inertia / lloyd.Inertia, 1e-4);
            Assert.True(epochs.Iterations < lloyd.Iterations, $"{epochs.Iterations} iterations after an epoch, {lloyd.Iterations} without");
        }
    }

    [Fact]
    public void AModelWithoutStepwiseStatisticsIsRefusedByName()
    {
        RowSource data = Simulate(5000, 0, seed: 1);
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => Em.Fit(new Plain(), data, 0.0, new EmOptions { Algorithm = new StepwiseEm() }));
        Assert.Contains("found Plain", refused.Message);
    }

    [Fact]
    public void OptionsAreCheckedAndStatesMustFit()
    {
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Start(0);
        RowSource data = Simulate(100, 0, seed: 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => Em.Fit(model, data, start, new EmOptions { Algorithm = new StepwiseEm { Exponent = 0.5 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Em.Fit(model, data, start, new EmOptions { Algorithm = new IncrementalEm { Memory = 0 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnlineEm<Mixture<Gaussian>, RowChunk>(model, start, new OnlineOptions { HalfLife = 0 }));
        OnlineState<Mixture<Gaussian>> odd = new(start, [1, 2], [], 1, 1, 0, 0);
        Assert.Throws<ArgumentException>(() => new OnlineEm<Mixture<Gaussian>, RowChunk>(model, odd));
    }

    [Fact]
    public void ATimeLimitEndsEpochs()
    {
        RowSource data = Simulate(50_000, 0, seed: 1);
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Start(0);
        EmResult<Mixture<Gaussian>> result = Em.Fit(model, data, start, new EmOptions { Algorithm = new StepwiseEm { Epochs = 1_000_000 }, TimeLimit = TimeSpan.FromSeconds(0.2) });
        Assert.Equal(StopReason.TimeLimit, result.StopReason);
        Assert.True(double.IsFinite(result.LogLikelihood));
    }

    private static void Feed(OnlineEm<Mixture<Gaussian>, RowChunk> online, RowSource data, int batch = 1000)
    {
        for (long row = 0; row + batch <= data.Rows; row += batch)
        {
            online.PartialFit(data.GetRows(row, batch));
        }
    }

    private static (MixtureModel<Gaussian> Model, Mixture<Gaussian> Start) Start(double offset) =>
        (new(new FullGaussianFamily(1), 3, 1), new([1.0, 1, 1], [.. new[] { -2.0, 1, 3 }.Select(mean => new Gaussian([mean + offset], Covariance.FromVariances([4.0])))]));

    private static double[] Numbers(Mixture<Gaussian> mixture) =>
        [.. mixture.Weights, .. mixture.Components.SelectMany(component => (double[])[component.Mean[0], component.Covariance.Matrix[0]])];

    private static RowSource Simulate(int rows, double offset, ulong seed)
    {
        RandomGenerator random = new(seed);
        return RowSource.From((double[])[.. Enumerable.Range(0, rows).Select(_ => _truth[random.NextInt64(3)] + offset + random.NextGaussian())]);
    }

    private sealed class Plain : IEmModel<double, RowChunk>
    {
        public int StatisticLength => 1;

        public double Expect(double parameters, RowChunk chunk, Span<double> statistic) => 0;

        public double Maximize(ReadOnlySpan<double> statistic, double current) => current;
    }
}
