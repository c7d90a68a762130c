namespace Latent.Tests.Engine.Acceleration;

public class AccelerateTests
{
    [Fact]
    public void Limits_and_cancellation_give_the_best_point_so_far()
    {
        Problem problem = Problem.All[0];
        AccelerationResult passes = problem.Solve(Accelerator.None, maxPasses: 17);
        Assert.Equal((StopReason.IterationLimit, 17), (passes.StopReason, passes.Passes));
        Assert.Equal(17, passes.Trace.Length);
        Assert.Equal(passes.Trace[^1], passes.Objective);

        AccelerationResult none = problem.Solve(Accelerator.None, maxPasses: 0);
        Assert.Equal((StopReason.IterationLimit, 0), (none.StopReason, none.Passes));
        Assert.Equal<double>(problem.Start, none.Point.ToArray());

        AccelerationResult time = Em.Accelerate(problem.Map(), problem.Start, new AccelerationOptions { TimeLimit = TimeSpan.Zero, Stopping = StoppingRule.Never });
        Assert.Equal(StopReason.TimeLimit, time.StopReason);

        using var source = new CancellationTokenSource();
        var progress = new SynchronousProgress(report => { if (report.Passes == 5) { source.Cancel(); } });
        AccelerationResult cancelled = Em.Accelerate(problem.Map(), problem.Start, new AccelerationOptions { Progress = progress }, source.Token);
        Assert.Equal((StopReason.Cancelled, 5), (cancelled.StopReason, cancelled.Passes));
    }

    private sealed class SynchronousProgress(Action<AccelerationProgress> action) : IProgress<AccelerationProgress>
    {
        public void Report(AccelerationProgress value) => action(value);
    }

    [Fact]
    public void Bad_settings_are_named()
    {
        void Refuses(string name, Accelerator method) => Assert.Contains(
            name, Assert.Throws<ArgumentOutOfRangeException>(() => Em.Accelerate(new QuadraticMap([.5]), [0], new AccelerationOptions { Method = method })).Message);
        Refuses("Memory", new SquaremAnderson { Memory = 0 });
        Refuses("Regularization", new SquaremAnderson { Regularization = double.NaN });
        Refuses("MinimumStep", new Squarem { MinimumStep = 2 });
        Refuses("StepFactor", new Squarem { StepFactor = 1 });
        Refuses("Order", new Daarem { Order = 0 });
        Refuses("Secants", new QuasiNewton { Secants = 0 });
        Refuses("WarmUp", new ParabolicEm { WarmUp = 1 });
        Assert.Contains("2 coordinates, found 1", Assert.Throws<ArgumentException>(() => Em.Accelerate(new QuadraticMap([.5, .5]), [0])).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => Em.Accelerate(new QuadraticMap([.5]), [double.NaN])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Em.Accelerate(new QuadraticMap([.5]), [0], new AccelerationOptions { MaxPasses = -1 }));
        Assert.Throws<ArgumentException>(() => Em.Accelerate((_, _) => { }, null, []));
    }
}
