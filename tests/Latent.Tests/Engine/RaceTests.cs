using Latent.Engine;
using Latent.Testing;

namespace Latent.Tests.Engine;

/// <summary>Several starts: a broken one is reported and costs the others nothing.</summary>
public sealed class RaceTests
{
    private static readonly ChunkList<double[]> _one = new([[1.0]]);
    private static readonly EmOptions _options = new() { Stopping = StoppingRule.Never, MaxIterations = 40, Threads = 1, Seed = 5 };

    // Starts above 100 break in their own ways; the others climb to 0 from below.
    private static readonly ScalarModel _model = new(
        x => x == 100 ? double.NaN : x >= 200 ? -x : -x * x,
        x => x >= 200 ? x + 1 : x / 2);

    [Fact]
    public void OneBadStartNeverKillsAFit()
    {
        RaceResult<double, double[]> result = Run(index => index switch { 0 => 100, 1 => 200, 2 => throw new DegenerateStartException("no rows for a component"), _ => 8.0 });

        Assert.Equal(3, result.Winner.Index);
        Assert.Equal([StopReason.Failed, StopReason.Failed, StopReason.Failed, StopReason.IterationLimit], result.Starts.Select(start => start.StopReason));
        Assert.Contains("finite objective", result.Starts[0].Message, StringComparison.Ordinal);
        Assert.Contains("not to lower the objective", result.Starts[1].Message, StringComparison.Ordinal);
        Assert.Equal("no rows for a component", result.Starts[2].Message);
        Assert.Null(result.Starts[3].Message);
        Assert.Equal([5UL, 6, 7, 8], result.Starts.Select(start => start.Seed));
        Assert.Equal(1, result.Agreement);
    }

    [Fact]
    public void TheBestStartWins()
    {
        RaceResult<double, double[]> result = Run(index => 8.0 * (4 - index));

        Assert.Equal(3, result.Winner.Index);
        Assert.Equal(-Math.Pow(8 / Math.Pow(2, 40), 2), result.Winner.Objective);
        Assert.All(result.Starts, start => Assert.True(start.Objective <= result.Winner.Objective));
    }

    [Fact]
    public void WhenAllBreakTheErrorSaysSo()
    {
        NumericalException error = Assert.Throws<NumericalException>(() => Run(_ => 100));
        Assert.Contains("4 starts", error.Message, StringComparison.Ordinal);
        Assert.Contains("finite objective", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A model whose steps never belong together is not hidden behind its starts.</summary>
    [Fact]
    public void AModelThatIsAlwaysWrongIsNamed() => Assert.Throws<MonotonicityException>(() => Run(_ => 200));

    /// <summary>An error of another kind is nobody's start: it ends the race at once.</summary>
    [Fact]
    public void OtherErrorsEndTheRace() => Assert.Throws<InvalidTimeZoneException>(() => Run(index => index == 2 ? throw new InvalidTimeZoneException() : 8.0));

    /// <summary>Starts say what made them, and the sweeps that making them took are counted.</summary>
    [Fact]
    public void MakingStartsIsCountedAndNamed()
    {
        RaceResult<double, double[]> result = Run([new("costly", (_, _) => (4, 30)), new("free", (_, _) => (8, 0))]);
        Assert.Equal(["costly", "free"], result.Starts.Select(start => start.Initializer));
        Assert.Equal(30 + result.Starts.Sum(start => 1 + start.Iterations), result.Evaluations);
    }

    /// <summary>A start that is cancelled while it is made ends the race with the best of the others; with no other there is no result.</summary>
    [Fact]
    public void CancellingAStartKeepsTheOthers()
    {
        using CancellationTokenSource source = new();
        RaceStart<double> cancels = new("cancels", (_, token) =>
        {
            source.Cancel();
            token.ThrowIfCancellationRequested();
            return (1, 0);
        });
        RaceResult<double, double[]> result = Run([new("first", (_, _) => (8, 0)), cancels], source.Token);
        Assert.Equal(0, result.Winner.Index);
        Assert.Equal([StopReason.Cancelled, StopReason.Cancelled], result.Starts.Select(start => start.StopReason));
        Assert.ThrowsAny<OperationCanceledException>(() => Run([cancels], source.Token));
    }

    private static RaceResult<double, double[]> Run(Func<int, double> start) =>
        Run([.. Enumerable.Range(0, 4).Select(index => new RaceStart<double>($"start {index}", (_, _) => (start(index), 0)))]);

    private static RaceResult<double, double[]> Run(RaceStart<double>[] starts, CancellationToken cancellation = default) =>
        new Race<double, double[]>(_model, _one, starts, RacePlan.Default, _options, new Clock(null)).Run(cancellation);
}
