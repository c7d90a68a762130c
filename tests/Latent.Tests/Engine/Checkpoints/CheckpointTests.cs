using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Tests.Engine.Checkpoints;

/// <summary>Checkpoints of one run: what is refused by name, what is survived, what is said.</summary>
public sealed class CheckpointTests
{
    private static readonly RowSource _rows = FaithfulData.Rows;
    private static readonly MixtureModel<DiagonalGaussian> _model = new(new DiagonalGaussianFamily(2), 2, 2);
    private static readonly Mixture<DiagonalGaussian> _start = Start(60, 75);
    private static readonly EmOptions _options = new() { Threads = 1 };
    private static readonly EmResult<Mixture<DiagonalGaussian>> _whole = Fit(_options);

    /// <summary>Converging by itself, accelerated and plain: every checkpoint leads to the same end, the last one at once.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryCheckpointLeadsToTheSameEnd(bool accelerated)
    {
        EmOptions options = _options with { Acceleration = accelerated ? Accelerator.Default : Accelerator.None };
        EmResult<Mixture<DiagonalGaussian>> whole = Fit(options);
        CheckpointHistory history = new();
        Checkpoints.AssertSame(whole, Fit(options with { Checkpoint = history.Every() }));
        Assert.True(history.Written.Count > whole.Iterations);
        for (int killed = 0; killed < history.Written.Count; killed++)
        {
            Notices notices = new();
            Observer observer = new();
            EmResult<Mixture<DiagonalGaussian>> resumed = Fit(options with { Progress = observer, Checkpoint = history.After(killed).Resumed(notices) });
            Checkpoints.AssertSame(whole, resumed);
            Assert.Equal(killed == history.Written.Count - 1 ? CheckpointEvent.Finished : CheckpointEvent.Resumed, Assert.Single(notices.Events));
            if (killed == history.Written.Count - 1)
            {
                Assert.Empty(observer.Seen);
            }
        }
    }

    [Fact]
    public void AnotherFitIsRefusedByName()
    {
        CheckpointHistory history = Interrupted();
        Refused(CheckpointProblem.OtherModel, "MixtureModel<SphericalGaussian>", () => Em.Fit(
            new MixtureModel<SphericalGaussian>(new SphericalGaussianFamily(2), 2, 2), _rows, new Mixture<SphericalGaussian>([1, 1], [new SphericalGaussian([1, 2], 1), new SphericalGaussian([3, 4], 1)]), _options with { Checkpoint = history.Resumed() }));
        Refused(CheckpointProblem.OtherModel, "the model Components 3, found one of Components 2", () => Em.Fit(
            new MixtureModel<DiagonalGaussian>(new DiagonalGaussianFamily(2), 3, 2), _rows, Start(60, 75, 90), _options with { Checkpoint = history.Resumed() }));
        Refused(CheckpointProblem.OtherData, "made from these data", () => Em.Fit(_model, _rows.WithWeights(Enumerable.Range(0, 272).Select(row => row == 271 ? 2.0 : 1).ToArray()), _start, _options with { Checkpoint = history.Resumed() }));
        Refused(CheckpointProblem.OtherOptions, "MaxIterations 7, found MaxIterations 10000", () => Fit(_options with { MaxIterations = 7, Checkpoint = history.Resumed() }));
        Refused(CheckpointProblem.OtherOptions, "Seed 9, found Seed 1", () => Fit(_options with { Seed = 9, Checkpoint = history.Resumed() }));
        Refused(CheckpointProblem.OtherOptions, "Acceleration Squarem", () => Fit(_options with { Acceleration = new Squarem(), Checkpoint = history.Resumed() }));
        Refused(CheckpointProblem.OtherOptions, "another start", () => Em.Fit(_model, _rows, Start(61, 75), _options with { Checkpoint = history.Resumed() }));
        Checkpoints.AssertSame(_whole, Fit(_options with { Threads = 3, TimeLimit = TimeSpan.FromHours(1), Checkpoint = history.Resumed() }));
    }

    [Fact]
    public void ADamagedCheckpointIsNamedAndTheOneBeforeItServes()
    {
        CheckpointHistory history = Interrupted();
        byte[] last = history.Written[^1];
        foreach (byte[] damaged in (byte[][])[[], last[..^1], last[..(last.Length / 2)], [.. last[..200], (byte)(last[200] ^ 1), .. last[201..]]])
        {
            Notices notices = new();
            CheckpointHistory store = new(damaged, history.Written[^2]);
            Checkpoints.AssertSame(_whole, Fit(_options with { Checkpoint = store.Resumed(notices) with { Interval = TimeSpan.Zero } }));
            Assert.Equal([CheckpointEvent.Recovered, CheckpointEvent.Resumed], notices.Events);
            Assert.StartsWith("memory: expected a checkpoint, found ", notices.Seen[0].Message, StringComparison.Ordinal);
            Assert.EndsWith("Resumed from memory.previous.", notices.Text, StringComparison.Ordinal);

            Refused(CheckpointProblem.Damaged, "memory: expected a checkpoint, found ", () => Fit(_options with { Checkpoint = new CheckpointHistory(damaged).Resumed() }));
        }
    }

    /// <summary>A damaged checkpoint never takes the place of the good one before it.</summary>
    [Fact]
    public void TheGoodOneIsKeptUntilAnotherIsWritten()
    {
        CheckpointHistory history = Interrupted();
        byte[] good = history.Written[^2];
        byte[]? kept = null;
        CheckpointHistory store = new(history.Written[^1][..^1], good);
        store.Wrote = () => kept ??= store.Previous;
        Fit(_options with { Checkpoint = store.Resumed() with { Interval = TimeSpan.Zero } });
        Assert.Same(good, kept);
        Assert.Same(store.Written[^2], store.Previous);
    }

    [Fact]
    public void WithoutACheckpointItBeginsAnewAndSaysSo()
    {
        Notices notices = new();
        CheckpointHistory history = new();
        Checkpoints.AssertSame(_whole, Fit(_options with { Checkpoint = history.Resumed(notices) }));
        Assert.Equal("memory: no checkpoint there yet; the fit begins anew.", notices.Text);
        Assert.True(history.Written.Count >= 2, "A first and a last one.");
    }

    [Fact]
    public void WithoutResumingAnUnfinishedOneIsReplacedAndAFinishedOneInSilence()
    {
        Notices notices = new();
        CheckpointHistory history = Interrupted();
        Checkpoints.AssertSame(_whole, Fit(_options with { Checkpoint = new CheckpointOptions(history) { Notices = notices } }));
        Assert.Equal(CheckpointEvent.Replaced, Assert.Single(notices.Events));
        Fit(_options with { Seed = 2, Checkpoint = new CheckpointOptions(history) { Notices = notices } });
        Assert.Single(notices.Seen);
    }

    /// <summary>A disk that is full before the start ends the fit; one that fills up later does not, and is tried again.</summary>
    [Fact]
    public void WritingMayFailWhileTheFitRuns()
    {
        CheckpointHistory history = new() { Failure = new IOException("memory: expected room, found none.") };
        Assert.Throws<IOException>(() => Fit(_options with { Checkpoint = history.Every() }));

        history.Failure = null;
        Notices notices = new();
        int reports = 0;
        Observer observer = new(_ => history.Failure = reports++ is > 2 and < 6 ? new IOException("memory: expected room, found none.") : null);
        Checkpoints.AssertSame(_whole, Fit(_options with { Progress = observer, Checkpoint = history.Every() with { Notices = notices } }));
        Assert.Equal(CheckpointEvent.NotWritten, Assert.Single(notices.Events));
        Assert.Contains("the fit goes on without. memory: expected room, found none.", notices.Text, StringComparison.Ordinal);
        Checkpoints.AssertSame(_whole, Fit(_options with { Checkpoint = history.Resumed() }));
    }

    /// <summary>Cancelled after each checkpoint, resumed and cancelled again, in threads of another number each time.</summary>
    [Fact]
    public void CancelledAgainAndAgainItEndsTheSame()
    {
        CheckpointHistory store = new();
        EmResult<Mixture<DiagonalGaussian>> result = _whole with { StopReason = StopReason.Cancelled };
        int runs = 0;
        while (result.StopReason == StopReason.Cancelled)
        {
            using CancellationTokenSource cancellation = new();
            int written = 0;
            store = runs == 0 ? new CheckpointHistory() : store.After(store.Written.Count - 1);
            store.Wrote = () =>
            {
                if (++written == 2)
                {
                    cancellation.Cancel();
                }
            };
            runs++;
            result = Em.Fit(_model, _rows, _start, _options with { Threads = 1 + runs % 3, Checkpoint = store.Every() with { Resume = true } }, cancellation.Token);
        }
        Assert.True(runs > 3, $"Expected several runs, found {runs}.");
        Checkpoints.AssertSame(_whole, result);
    }

    /// <summary>A time limit is for all runs together; with more time the fit goes on.</summary>
    [Fact]
    public void ATimeLimitCountsEarlierRuns()
    {
        TimeSpan spent = TimeSpan.FromMilliseconds(300);
        CheckpointHistory history = new();
        Observer slow = new(progress => Thread.Sleep(progress.Iteration == 2 ? spent : TimeSpan.Zero));
        EmResult<Mixture<DiagonalGaussian>> first = Fit(_options with { Progress = slow, TimeLimit = spent, Checkpoint = history.Every() });
        Assert.Equal(StopReason.TimeLimit, first.StopReason);
        Assert.InRange(first.Iterations, 0, 2);

        CheckpointHistory Left() => history.After(history.Written.Count - 1);
        EmResult<Mixture<DiagonalGaussian>> none = Fit(_options with { TimeLimit = spent, Checkpoint = Left().Resumed() });
        Assert.Equal((StopReason.TimeLimit, first.Iterations), (none.StopReason, none.Iterations));
        EmResult<Mixture<DiagonalGaussian>> more = Fit(_options with { TimeLimit = TimeSpan.FromHours(1), Checkpoint = Left().Resumed() });
        Assert.True(more.Elapsed >= spent);
        Checkpoints.AssertSame(_whole, more);
    }

    /// <summary>Ranks share what rank 0 has read, and all refuse what it refuses.</summary>
    [Fact]
    public void RanksResumeTogetherOrNotAtAll()
    {
        CheckpointHistory history = Interrupted();
        foreach (EmResult<Mixture<DiagonalGaussian>> result in ThreadCommunicator.Run(3, ranks => Fit(_options with { Communicator = ranks, Checkpoint = (ranks.Rank == 0 ? history : new CheckpointHistory()).Resumed() })))
        {
            Checkpoints.AssertSame(_whole, result);
        }
        CheckpointProblem[] problems = ThreadCommunicator.Run(3, ranks =>
            Assert.Throws<CheckpointException>(() => Fit(_options with { Seed = 3, Communicator = ranks, Checkpoint = history.Resumed() })).Problem);
        Assert.Equal(CheckpointProblem.OtherOptions, problems[0]);
    }

    /// <summary>The content of a checkpoint does not depend on when it is written: that of an iteration is the same in a run with others before it.</summary>
    [Fact]
    public void WhatIsSavedDoesNotDependOnWhen()
    {
        CheckpointHistory all = Interrupted();
        CheckpointHistory one = new();
        using CancellationTokenSource cancellation = new();
        int iteration = 0;
        Observer observer = new(progress => iteration = progress.Iteration);
        one.Wrote = () =>
        {
            if (iteration == 4)
            {
                cancellation.Cancel();
            }
        };
        Em.Fit(_model, _rows, _start, _options with { Progress = observer, Checkpoint = one.Every() }, cancellation.Token);
        Assert.Equal(all.Written[5].Length, one.Written[5].Length);
    }

    /// <summary>Two fits, one after the other, as parts of a whole: killed in either, both end the same, and the first is not done again once it is over.</summary>
    [Fact]
    public void FitsThatFollowEachOtherShareAStore()
    {
        (EmResult<Mixture<DiagonalGaussian>> First, EmResult<Mixture<DiagonalGaussian>> Second) Both(CheckpointOptions? checkpoint, Observer? observer = null)
        {
            EmResult<Mixture<DiagonalGaussian>> first = Fit(_options with { Checkpoint = checkpoint, Progress = observer });
            Mixture<DiagonalGaussian> grown = new([.. first.Parameters.Weights, 0.3], [.. first.Parameters.Components, new DiagonalGaussian([3, 70], [1, 100])]);
            return (first, Em.Fit(new MixtureModel<DiagonalGaussian>(new DiagonalGaussianFamily(2), 3, 2), _rows, grown, _options with { Checkpoint = checkpoint?.Next() }));
        }
        (EmResult<Mixture<DiagonalGaussian>> first, EmResult<Mixture<DiagonalGaussian>> second) = Both(null);
        CheckpointHistory history = new();
        Both(history.Every());
        int firstPart = 0;
        for (int killed = 0; killed < history.Written.Count; killed++)
        {
            Observer observer = new();
            (EmResult<Mixture<DiagonalGaussian>> again, EmResult<Mixture<DiagonalGaussian>> then) = Both(history.After(killed).Resumed(), observer);
            Checkpoints.AssertSame(first, again);
            Checkpoints.AssertSame(second, then);
            firstPart += observer.Seen.Count > 0 ? 1 : 0;
        }
        Assert.InRange(firstPart, 2, first.Iterations + 2);
        Assert.True(history.Written.Count > first.Iterations + second.Iterations);
    }

    /// <summary>A file that is something else, the data for one, is not taken for a checkpoint's place.</summary>
    [Fact]
    public void WhatIsNoCheckpointIsNotReplaced() =>
        Assert.Contains("which would be lost", Assert.Throws<CheckpointException>(() => Fit(_options with { Checkpoint = new CheckpointHistory("eruptions,waiting"u8.ToArray()).Every() })).Message, StringComparison.Ordinal);

    [Fact]
    public void ParametersThatAreNoDataAreNamedBeforeTheStart() =>
        Assert.Contains("CancellationTokenSource", Assert.Throws<NotSupportedException>(() =>
            Em.Fit(new Holder(), new ChunkList<double[]>([[1.0]]), new CancellationTokenSource(), _options with { Checkpoint = new CheckpointHistory().Every() })).Message, StringComparison.Ordinal);

    [Fact]
    public void SettingsOutOfRangeAreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Fit(_options with { Checkpoint = new CheckpointOptions(new CheckpointHistory()) { Interval = TimeSpan.FromSeconds(-1) } }));

    /// <summary>The data by name: no checksum, and another name is other data.</summary>
    [Fact]
    public void DataMayHaveAName()
    {
        CheckpointHistory history = new();
        Fit(_options with { Checkpoint = history.Every() with { DataName = "faithful" } });
        Checkpoints.AssertSame(_whole, Fit(_options with { Checkpoint = history.After(4).Resumed() with { DataName = "faithful" } }));
        Refused(CheckpointProblem.OtherData, "memory", () => Fit(_options with { Checkpoint = history.After(4).Resumed() with { DataName = "iris" } }));
    }

    private static void Refused(CheckpointProblem problem, string message, Action fit)
    {
        CheckpointException refusal = Assert.Throws<CheckpointException>(fit);
        Assert.Equal(problem, refusal.Problem);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith("memory", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A store as a fit left it that was killed after seven iterations.</summary>
    private static CheckpointHistory Interrupted()
    {
        CheckpointHistory history = new();
        using CancellationTokenSource cancellation = new();
        Observer observer = new(progress =>
        {
            if (progress.Iteration == 7)
            {
                cancellation.Cancel();
            }
        });
        Em.Fit(_model, _rows, _start, _options with { Progress = observer, Checkpoint = history.Every() }, cancellation.Token);
        return history;
    }

    private static EmResult<Mixture<DiagonalGaussian>> Fit(EmOptions options) => Em.Fit(_model, _rows, _start, options);

    private static Mixture<DiagonalGaussian> Start(params double[] waiting) => new(
        Enumerable.Repeat(1.0, waiting.Length).ToArray(), Array.ConvertAll(waiting, mean => new DiagonalGaussian([mean / 20, mean], [1, 100])));

    private sealed class Holder : IEmModel<CancellationTokenSource, double[]>
    {
        public int StatisticLength => 1;

        public double Expect(CancellationTokenSource parameters, double[] chunk, Span<double> statistic) => 0;

        public CancellationTokenSource Maximize(ReadOnlySpan<double> statistic, CancellationTokenSource current) => current;
    }
}
