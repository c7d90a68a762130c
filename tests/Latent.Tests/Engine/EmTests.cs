using CustomModel;
using Latent.Data;
using Latent.Testing;
using Latent.Tests.Engine.Examples;

namespace Latent.Tests.Engine;

/// <summary>What a fit promises, whatever the model.</summary>
public sealed class EmTests
{
    private static readonly ChunkList<RowChunk> _animals = new([new RowChunk((double[])[0, 1, 2, 3], 1, (double[])[125, 18, 20, 34])]);
    private static readonly ChunkList<double[]> _one = new([[1.0]]);
    private static readonly EmOptions _endless = new() { Stopping = StoppingRule.Never, MaxIterations = int.MaxValue, Threads = 1 };

    /// <summary>A concave objective and a step that halves the distance to its maximum.</summary>
    private static ScalarModel Halving => new(x => -x * x, x => x / 2);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void IterationsAreMStepsAndEveryFigureBelongsToTheParameters(int iterations)
    {
        EmResult<double> result = Em.Fit(Halving, _one, 8.0, _endless with { MaxIterations = iterations });

        double expected = 8 / Math.Pow(2, iterations);
        Assert.Equal(expected, result.Parameters);
        Assert.Equal(-expected * expected, result.Objective);
        Assert.Equal(result.Objective, result.LogLikelihood);
        Assert.Equal(iterations, result.Iterations);
        Assert.Equal(iterations + 1, result.Evaluations);
        Assert.Equal(iterations + 1, result.Trace.Count);
        Assert.Equal(result.Objective, result.Trace[^1]);
        Assert.Equal(StopReason.IterationLimit, result.StopReason);
        Assert.False(result.Converged);
    }

    [Fact]
    public void TheResultSaysHowFarItGot()
    {
        EmResult<double> result = Em.Fit(Halving, _one, 8.0, _endless with { MaxIterations = 4, Seed = 9 });

        // −64, −16, −4, −1, −¼: the gains fall by 4, a quarter is still to come.
        Assert.Equal([-64, -16, -4, -1, -0.25], result.Trace);
        Assert.Equal(0.25, result.RemainingGain, 1e-12);
        Assert.Equal(3, result.RelativeGain, 1e-12);
        Assert.Equal(1, result.Agreement);
        StartReport start = Assert.Single(result.Starts);
        Assert.Equal(new StartReport(9, -0.25, 4, StopReason.IterationLimit), start);
        Assert.True(result.Elapsed > TimeSpan.Zero);
    }

    [Fact]
    public void AStartAloneHasNoGain()
    {
        EmResult<double> result = Em.Fit(Halving, _one, 8.0, _endless with { MaxIterations = 0 });
        Assert.Equal(double.NaN, result.RelativeGain);
        Assert.Equal(double.NaN, result.RemainingGain);
    }

    [Fact]
    public void ConvergenceIsTheRulesWord()
    {
        EmResult<double> result = Em.Fit(Halving, _one, 8.0, _endless with { Stopping = StoppingRule.AbsoluteChange(1) });
        Assert.Equal(StopReason.Converged, result.StopReason);
        Assert.True(result.Converged);
        Assert.Equal(4, result.Iterations);
    }

    [Fact]
    public void TheDefaultRuleLeavesLessThanAMillionthOfANat()
    {
        EmResult<double> result = Em.Fit(new ScalarModel(x => -1000 - x * x, x => 0.98 * x), _one, 8.0);
        Assert.True(result.Converged);
        Assert.InRange(-1000 - result.Objective, 0, 2e-6);
        Assert.InRange(result.RemainingGain, 0.2 * (-1000 - result.Objective), 1e-6);
    }

    [Fact]
    public void TheObjectiveHoldsThePrior()
    {
        ScalarModel model = new(x => -x * x, x => x / 2) { Prior = x => -10 - Math.Abs(x) };
        EmResult<double> result = Em.Fit(model, _one, 8.0, _endless with { MaxIterations = 3 });
        Assert.Equal(-1, result.LogLikelihood);
        Assert.Equal(-12, result.Objective);
        Assert.Equal(-82, result.Trace[0]);
    }

    [Fact]
    public void NoTimeStillEvaluatesTheStart()
    {
        EmResult<double> result = Em.Fit(Halving, _one, 8.0, _endless with { TimeLimit = TimeSpan.Zero });
        Assert.Equal(StopReason.TimeLimit, result.StopReason);
        Assert.Equal(-64, result.Objective);
        Assert.Equal(0, result.Iterations);
    }

    [Fact]
    public void TheTimeLimitEndsAFitBetweenIterations()
    {
        ScalarModel slow = new(x => Slowly(-1 / x), x => x + 1);
        EmResult<double> result = Em.Fit(slow, _one, 1.0, _endless with { TimeLimit = TimeSpan.FromMilliseconds(60) });
        Assert.Equal(StopReason.TimeLimit, result.StopReason);
        Assert.InRange(result.Iterations, 0, 30);
        Assert.Equal(-1 / result.Parameters, result.Objective);
        Assert.True(result.Elapsed >= TimeSpan.FromMilliseconds(60));
    }

    [Fact]
    public void CancellingBetweenIterationsKeepsTheBestSoFar()
    {
        using CancellationTokenSource source = new();
        Observer observer = new(state => CancelAt(state.Iteration == 3, source));
        EmResult<double> result = Em.Fit(Halving, _one, 8.0, _endless with { Progress = observer }, source.Token);
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.Equal(3, result.Iterations);
        Assert.Equal(1, result.Parameters);
        Assert.Equal(-1, result.Objective);
    }

    [Fact]
    public void CancellingWithinASweepKeepsTheParametersWhoseObjectiveIsKnown()
    {
        using CancellationTokenSource source = new();
        int sweeps = 0;
        ScalarModel model = new(x => CountAndCancel(ref sweeps, 2 * 4 + 1, source) - x * x, x => x / 2);
        EmResult<double> result = Em.Fit(model, new ChunkList<double[]>([[1.0], [1.0]]), 8.0, _endless, source.Token);
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.Equal(3, result.Iterations);
        Assert.Equal(-2 * result.Parameters * result.Parameters, result.Objective);
    }

    [Fact]
    public void CancellingBeforeTheStartThrows()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Em.Fit(Halving, _one, 8.0, _endless, source.Token));
    }

    [Fact]
    public void ProgressTellsEveryIterationInOrderOnTheFitsThread()
    {
        HashSet<int> threads = [];
        Observer observer = new(_ => threads.Add(Environment.CurrentManagedThreadId));
        EmResult<double> result = Em.Fit(Halving, _one, 8.0, _endless with { MaxIterations = 6, Progress = observer });
        Assert.Equal(Enumerable.Range(0, 7), observer.Seen.Select(state => state.Iteration));
        Assert.Equal(result.Trace, observer.Seen.Select(state => state.Objective));
        Assert.Equal(observer.Seen.Select(state => state.Elapsed).Order(), observer.Seen.Select(state => state.Elapsed));
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        Assert.Equal(result.RemainingGain, observer.Seen[^1].RemainingGain);
    }

    [Fact]
    public void AModelThatReturnsItsParametersIsStationary()
    {
        EmResult<int[]> result = Em.Fit(new Countdown(), _one, [5], _endless with { MaxIterations = 100 });
        Assert.Equal(StopReason.Stationary, result.StopReason);
        Assert.True(result.Converged);
        Assert.Equal(5, result.Iterations);
        Assert.Equal(0, result.Parameters[0]);
    }

    /// <summary>Parameters that wander where the objective is flat to rounding: an end, but no convergence; a rule that runs all iterations runs on.</summary>
    [Fact]
    public void AFlatObjectiveEndsAtItsRoundingFloor()
    {
        ScalarModel flat = new(x => -1e6 + 1.2e-10 * (x % 2), x => x + 1);
        EmResult<double> result = Em.Fit(flat, _one, 1.0, _endless with { Stopping = StoppingRule.AbsoluteChange(1e-12), MaxIterations = 1000 });
        Assert.Equal(StopReason.RoundingFloor, result.StopReason);
        Assert.False(result.Converged);
        Assert.InRange(result.Iterations, 2, 100);

        EmResult<double> on = Em.Fit(flat, _one, 1.0, _endless with { MaxIterations = 200 });
        Assert.Equal((StopReason.IterationLimit, 200), (on.StopReason, on.Iterations));
    }

    [Fact]
    public void ADecreaseIsAnErrorWithBothValues()
    {
        ScalarModel broken = new(x => -x * x, x => x + 1);
        MonotonicityException error = Assert.Throws<MonotonicityException>(() => Em.Fit(broken, _one, 2.0, _endless));
        Assert.Equal(-4, error.Before);
        Assert.Equal(-9, error.After);
        Assert.Contains("iteration 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADecreaseWithinRoundingIsNone()
    {
        ScalarModel rounding = new(x => -1e6 + 1e-7 * Math.Sin(x), x => x + 1);
        EmResult<double> result = Em.Fit(rounding, _one, 1.0, _endless with { MaxIterations = 20 });
        Assert.Equal(20, result.Iterations);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity)]
    public void AnObjectiveThatIsNoNumberIsANamedError(double objective)
    {
        Assert.Throws<NumericalException>(() => Em.Fit(new ScalarModel(_ => objective, x => x), _one, 1.0, _endless));
        Assert.Throws<NumericalException>(() => Em.Fit(new ScalarModel(x => x > 2 ? objective : x, x => x + 1), _one, 1.0, _endless));
        Assert.Throws<NumericalException>(() => Em.Fit(new ScalarModel(x => x, x => x) { Prior = _ => objective }, _one, 1.0, _endless));
    }

    [Fact]
    public void NoDataAreANamedError()
    {
        PoissonPair start = new(0.5, 1, 2);
        PoissonPairModel model = new();
        Assert.Contains("found none", Assert.Throws<ArgumentException>(() => Em.Fit(model, new ChunkList<RowChunk>([]), start)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Em.Fit(model, new ChunkList<RowChunk>([new RowChunk((double[])[], 1)]), start));
        Assert.Throws<ArgumentException>(() => Em.Fit(model, new ChunkList<RowChunk>([new RowChunk((double[])[1, 2], 1, (double[])[0, 0])]), start));
    }

    [Fact]
    public void OptionsAreCheckedBeforeAnythingRuns()
    {
        ScalarModel never = new(_ => throw new InvalidOperationException("ran"), x => x);
        Assert.Throws<ArgumentOutOfRangeException>(() => Em.Fit(never, _one, 1.0, new EmOptions { MaxIterations = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Em.Fit(never, _one, 1.0, new EmOptions { Threads = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Em.Fit(never, _one, 1.0, new EmOptions { TimeLimit = TimeSpan.FromSeconds(-1) }));
        Assert.Throws<ArgumentNullException>(() => Em.Fit(never, _one, 1.0, new EmOptions { Stopping = null! }));
        Assert.Throws<ArgumentNullException>(() => Em.Fit<double, double[]>(null!, _one, 1.0));
        Assert.Throws<ArgumentNullException>(() => Em.Fit(never, null!, 1.0));
    }

    [Fact]
    public async Task TheAsynchronousFitIsTheSameFit()
    {
        EmResult<Recombination> expected = Em.Fit(new Linkage(), _animals, new Recombination(0.5));
        EmResult<Recombination> found = await Em.FitAsync(new Linkage(), _animals, new Recombination(0.5));
        Close.SameBits(expected.Trace, found.Trace);
        Assert.Equal(expected.Parameters, found.Parameters);
    }

    [Fact]
    public async Task TheAsynchronousFitCancelsToAResult()
    {
        using CancellationTokenSource source = new();
        Observer observer = new(state => CancelAt(state.Iteration == 2, source));
        EmResult<double> result = await Em.FitAsync(Halving, _one, 8.0, _endless with { Progress = observer }, source.Token);
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.Equal(2, result.Iterations);
    }

    /// <summary>Ranks' clocks and callers differ; ranks stop together all the same.</summary>
    [Fact]
    public void RanksStopTogetherWhenOneIsCancelled()
    {
        using CancellationTokenSource source = new();
        EmResult<double>[] results = ThreadCommunicator.Run(3, communicator =>
        {
            Observer observer = new(state => CancelAt(communicator.Rank == 2 && state.Iteration == 3, source));
            return Em.Fit(Halving, _one, 8.0, _endless with { Communicator = communicator, Progress = observer }, communicator.Rank == 2 ? source.Token : CancellationToken.None);
        });
        Assert.All(results, result => Assert.Equal((StopReason.Cancelled, 3), (result.StopReason, result.Iterations)));
    }

    [Fact]
    public void RanksStopTogetherWhenOneIsOutOfTime()
    {
        EmResult<double>[] results = ThreadCommunicator.Run(3, communicator =>
            Em.Fit(new ScalarModel(x => Slowly(-1 / x), x => x + 1), _one, 1.0, _endless with { Communicator = communicator, TimeLimit = communicator.Rank == 1 ? TimeSpan.FromMilliseconds(40) : null }));
        Assert.All(results, result => Assert.Equal((StopReason.TimeLimit, results[0].Iterations), (result.StopReason, result.Iterations)));
    }

    private static double Slowly(double value)
    {
        Thread.Sleep(5);
        return value;
    }

    private static void CancelAt(bool now, CancellationTokenSource source)
    {
        if (now)
        {
            source.Cancel();
        }
    }

    private static double CountAndCancel(ref int count, int last, CancellationTokenSource source)
    {
        CancelAt(++count == last, source);
        return 0;
    }
}
