using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using Latent.Tests.Engine.Checkpoints;

namespace Latent.Tests.Mixtures;

/// <summary>Whole fits of mixtures, races included, killed anywhere and resumed.</summary>
public sealed class MixtureCheckpointTests
{
    private static readonly RowSource _rows = Clouds(600, 1);

    public static TheoryData<string, GaussianMixtureOptions> Fits => new()
    {
        { "race", new() { Starts = 5 } },
        { "race of plain EM with a broken start", new() { Starts = 4, Acceleration = Accelerator.None, Initializers = [new Broken(), new PlusPlusInitializer(), new RandomCentresInitializer()], Stopping = StoppingRule.RelativeChange(1e-5) } },
        { "race on a subset", new() { Starts = 4, RaceRows = 150, Covariance = CovarianceStructure.Tied } },
        { "every start to its end", new() { Starts = 3, Race = RacePlan.Exhaustive, Covariance = CovarianceStructure.Spherical, MaxIterations = 25 } },
        { "annihilation", new() { Annihilate = true, Covariance = CovarianceStructure.Diagonal } },
        { "components dropped", new() { Starts = 2, Degeneracy = DegeneracyPolicy.Drop } },
        { "epochs after a race", new() { Starts = 3, Algorithm = new StepwiseEm { BatchSize = 128, Epochs = 2 } } },
        { "incremental epochs after a race", new() { Starts = 3, Algorithm = new IncrementalEm { BatchSize = 128 } } },
        { "noise and equal weights", new() { Starts = 4, RaceRows = 300, Noise = new NoiseOptions(), EqualWeights = true } },
        { "trimming", new() { Starts = 5, Trim = 0.05 } },
        { "trimming after starts on a subset", new() { Starts = 4, Trim = 0.08, RaceRows = 150, Acceleration = Accelerator.None, Covariance = CovarianceStructure.Tied } },
        { "trimming from labels", new() { StartLabels = [.. Enumerable.Range(0, 600).Select(row => row % 3)], Trim = 0.1, Covariance = CovarianceStructure.Diagonal } },
        { "from labels", new() { StartLabels = [.. Enumerable.Range(0, 600).Select(row => row % 3)], Prior = CovariancePrior.Map() } },
    };

    /// <summary>Parameters, trace, the report of every start, agreement and counts, whatever the moment and the threads.</summary>
    [Theory]
    [MemberData(nameof(Fits))]
    public void EveryCheckpointLeadsToTheSameFit(string name, GaussianMixtureOptions options)
    {
        GaussianMixtureFit whole = GaussianMixture.Fit(_rows, Components(name), options with { Threads = 1 });
        CheckpointHistory history = new();
        AssertSame(whole, GaussianMixture.Fit(_rows, Components(name), options with { Threads = 2, Checkpoint = history.Every() }));
        Assert.True(history.Written.Count > 10, $"Expected more than {history.Written.Count} checkpoints of the {name}.");
        int step = Math.Max(1, history.Written.Count / 12);
        for (int killed = history.Written.Count - 1; killed >= 0; killed -= step)
        {
            AssertSame(whole, GaussianMixture.Fit(_rows, Components(name), options with { Threads = 1 + killed % 3, Checkpoint = history.After(killed).Resumed() }));
        }
    }

    /// <summary>What is known of the rows is part of the data: a fit is resumed with it, to the same bits, and not with anything else.</summary>
    [Fact]
    public void KnownComponentsAreResumedWith()
    {
        RowSource known = _rows.WithKnown(KnownComponents.FromLabels([.. Enumerable.Range(0, 600).Select(row => row % 20 == 0 ? row % 3 : -1)]));
        GaussianMixtureOptions options = new() { Starts = 4, RaceRows = 300 };
        GaussianMixtureFit whole = GaussianMixture.Fit(known, 3, options);
        CheckpointHistory history = new();
        AssertSame(whole, GaussianMixture.Fit(known, 3, options with { Checkpoint = history.Every() }));
        int half = history.Written.Count / 2;
        AssertSame(whole, GaussianMixture.Fit(known, 3, options with { Threads = 3, Checkpoint = history.After(half).Resumed() }));
        Assert.Throws<CheckpointException>(() => GaussianMixture.Fit(_rows, 3, options with { Checkpoint = history.After(half).Resumed() }));
    }

    /// <summary>Cancelled in the middle of races, again and again: what a cut stage leaves never decides anything.</summary>
    [Theory]
    [MemberData(nameof(Fits))]
    public void CancelledAgainAndAgainItEndsTheSame(string name, GaussianMixtureOptions options)
    {
        GaussianMixtureFit whole = GaussianMixture.Fit(_rows, Components(name), options with { Threads = 1 });
        CheckpointHistory store = new();
        GaussianMixtureFit? result = null;
        int runs = 0;
        while (result is null || result.Result.StopReason == StopReason.Cancelled)
        {
            using CancellationTokenSource cancellation = new();
            store = runs == 0 ? store : store.After(store.Written.Count - 1);
            int written = 0;
            store.Wrote = () =>
            {
                if (Interlocked.Increment(ref written) == 4)
                {
                    cancellation.Cancel();
                }
            };
            runs++;
            try
            {
                result = GaussianMixture.Fit(_rows, Components(name), options with { Threads = 1 + runs % 2, Checkpoint = store.Every() with { Resume = true } }, cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.True(cancellation.IsCancellationRequested);
            }
        }
        Assert.True(runs > 2, $"Expected several runs of the {name}, found {runs}.");
        AssertSame(whole, result);
    }

    /// <summary>The best of a race on a subset that is cancelled comes with the objective that all rows give it.</summary>
    [Fact]
    public void ACancelledRaceOnASubsetHasAResult()
    {
        CheckpointHistory history = new();
        using CancellationTokenSource cancellation = new();
        history.Wrote = () =>
        {
            if (history.Written.Count == 12)
            {
                cancellation.Cancel();
            }
        };
        GaussianMixtureFit fit = GaussianMixture.Fit(_rows, 3, new() { Starts = 4, RaceRows = 150, Checkpoint = history.Every() }, cancellation.Token);
        Assert.Equal(StopReason.Cancelled, fit.Result.StopReason);
        Assert.Equal(fit.Score(_rows), fit.LogLikelihood, 1e-9 * Math.Abs(fit.LogLikelihood));
    }

    /// <summary>What the options of a Gaussian mixture add, and the structure, are compared too.</summary>
    [Fact]
    public void OtherOptionsOfTheModelAreRefusedByName()
    {
        CheckpointHistory history = new();
        GaussianMixtureOptions options = new() { Starts = 2, Checkpoint = history.Every() };
        GaussianMixture.Fit(_rows, 3, options);
        void Refused(string message, int components, GaussianMixtureOptions other) => Assert.Contains(
            message,
            Assert.Throws<CheckpointException>(() => GaussianMixture.Fit(_rows, components, other with { Checkpoint = history.After(5).Resumed() })).Message,
            StringComparison.Ordinal);
        Refused("CovarianceFloor 1E-07, found CovarianceFloor 1E-08", 3, options with { CovarianceFloor = 1e-7 });
        Refused("made with Prior ", 3, options with { Prior = CovariancePrior.Penalised() });
        Refused("MixtureModel<TiedGaussian>", 3, options with { Covariance = CovarianceStructure.Tied });
        Refused("Components 4, found one of Components 3", 4, options);
        Refused("Starts 3, found Starts 2", 3, options with { Starts = 3 });
    }

    [Fact]
    public void MixturesOfAnyFamilyResume()
    {
        RowSource counts = RowSource.From([.. Enumerable.Range(0, 400).Select(row => (double)(row * row % 11 + (row % 3 == 0 ? 9 : 0)))]);
        MixtureOptions<Poisson> options = new() { Starts = 4, Threads = 1 };
        MixtureFit<Poisson> whole = Mixture.Fit(new PoissonFamily(), counts, 2, options);
        CheckpointHistory history = new();
        Mixture.Fit(new PoissonFamily(), counts, 2, options with { Checkpoint = history.Every() });
        for (int killed = 0; killed < history.Written.Count; killed += 5)
        {
            Checkpoints.AssertSame(whole.Result, Mixture.Fit(new PoissonFamily(), counts, 2, options with { Checkpoint = history.After(killed).Resumed() }).Result);
        }
    }

    private static int Components(string name) => name == "annihilation" ? 6 : 3;

    private static void AssertSame(GaussianMixtureFit expected, GaussianMixtureFit actual)
    {
        Checkpoints.AssertSame(expected.Result, actual.Result);
        Close.SameBits(Numbers(expected), Numbers(actual), "parameters");
    }

    private static double[] Numbers(GaussianMixtureFit fit) =>
        [.. fit.Weights, .. fit.Components.SelectMany(component => (double[])[.. component.Mean, .. component.Covariance.Matrix]), fit.Entropy];

    private static RowSource Clouds(int rows, int seed)
    {
        Random random = new(seed);
        double[] values = new double[2 * rows];
        for (int row = 0; row < rows; row++)
        {
            int cloud = random.Next(3);
            values[2 * row] = 2.5 * cloud + Simulate.Normal(random);
            values[2 * row + 1] = cloud * cloud + (1 + cloud) * Simulate.Normal(random);
        }
        return RowSource.From(values, 2);
    }

    private sealed record Broken : MixtureInitializer
    {
        public override string Name => "broken";

        public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) => throw new DegenerateStartException("Expected a start that holds, found none.");
    }
}
