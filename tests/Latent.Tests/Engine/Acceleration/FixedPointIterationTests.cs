using Latent.Engine;

namespace Latent.Tests.Engine.Acceleration;

public class FixedPointIterationTests
{
    public static TheoryData<Accelerator> Methods =>
    [
        Accelerator.None, new Squarem { Scheme = SquaremScheme.S1 }, new Squarem { Scheme = SquaremScheme.S2 }, new Squarem(),
        new Squarem { ObjectiveTolerance = 0 }, new SquaremAnderson(), new SquaremAnderson { Memory = 3, WarmUp = 0 }, new Daarem(),
        new Daarem { ObjectiveTolerance = 0.01 }, new QuasiNewton(), new QuasiNewton { Secants = 1 }, new ParabolicEm(),
    ];

    public static TheoryData<Accelerator> MonotoneMethods =>
        [Accelerator.None, new SquaremAnderson(), new Daarem(), new QuasiNewton(), new ParabolicEm()];

    [Theory]
    [MemberData(nameof(MonotoneMethods))]
    public void Monotone_methods_never_lose_objective(Accelerator method)
    {
        foreach (Problem problem in Problem.All)
        {
            AccelerationResult result = problem.Solve(method, StoppingRule.Residual(1e-9), maxPasses: 1500);
            Assert.NotEmpty(result.Trace);
            double allowed = 1e-12 * Math.Abs(problem.Maximum);
            for (int i = 1; i < result.Trace.Length; i++)
            {
                Assert.True(
                    result.Trace[i] >= result.Trace[i - 1] - allowed,
                    $"{problem.Name}: accepted pass {i} went from {result.Trace[i - 1]:R} to {result.Trace[i]:R}");
            }
        }
    }

    [Fact]
    public void Squarem_with_tolerance_nil_begins_no_cycle_below_the_one_before()
    {
        foreach (Problem problem in Problem.All)
        {
            AccelerationResult result = problem.Solve(new Squarem { ObjectiveTolerance = 0 }, StoppingRule.Residual(1e-9), maxPasses: 1500);
            // accepted passes are θ₀ and θ₁ in turn
            for (int i = 2; i < result.Trace.Length; i++)
            {
                double reference = i % 2 == 0 ? result.Trace[i - 2] : result.Trace[i - 1];
                Assert.True(result.Trace[i] >= reference - 1e-12 * Math.Abs(problem.Maximum), $"{problem.Name}: accepted pass {i}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Resumed_iteration_has_the_bits_of_the_uninterrupted_one(Accelerator method)
    {
        foreach (Problem problem in Problem.All.Where(p => p.Name is "Hasselblad .9 1 6" or "NPMLE" or "remission adapted"))
        {
            foreach (StoppingRule rule in new[] { StoppingRule.RemainingGain(), StoppingRule.Residual(1e-8), StoppingRule.RelativeChange(1e-9) })
            {
                FixedPointIteration whole = Start(problem, method, rule);
                FixedPointIteration resumed = Start(problem, method, rule);
                while (whole.Step() is null && whole.Passes < 150)
                {
                    // into a new iteration at every pass
                    resumed.Step();
                    IterationState state = resumed.Save();
                    resumed = Start(problem, method, rule);
                    resumed.Restore(state);
                    AssertSame(whole, resumed);
                }
                resumed.Step();
                AssertSame(whole, resumed);
            }
        }
    }

    private static FixedPointIteration Start(Problem problem, Accelerator method, StoppingRule rule) =>
        new(problem.Map(), problem.Start, method, rule);

    private static void AssertSame(FixedPointIteration expected, FixedPointIteration actual)
    {
        Assert.True(expected.Point.SequenceEqual(actual.Point));
        Assert.Equal(expected.Objective, actual.Objective);
        Assert.Equal(expected.RemainingGain, actual.RemainingGain);
        Assert.Equal(expected.ObservedRate, actual.ObservedRate);
        Assert.Equal(expected.LastOutcome, actual.LastOutcome);
        Assert.Equal(expected.Stopped, actual.Stopped);
        Assert.Equal(
            (expected.Passes, expected.AcceptedPasses, expected.MapEvaluations, expected.ObjectiveEvaluations, expected.RejectedProposals, expected.InfeasibleProposals),
            (actual.Passes, actual.AcceptedPasses, actual.MapEvaluations, actual.ObjectiveEvaluations, actual.RejectedProposals, actual.InfeasibleProposals));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_solves_a_quadratic(Accelerator method)
    {
        var map = new QuadraticMap([.97, .9, .5, .2, 0, .95]);
        AccelerationResult result = Em.Accelerate(map, new double[6], new AccelerationOptions { Method = method, Stopping = StoppingRule.Residual(1e-12) });
        Assert.True(result.Converged, result.StopReason.ToString());
        Assert.All(result.Point, x => Assert.Equal(QuadraticMap.Optimum, x, 1e-9));
        Assert.Equal(map.Calls, result.Passes);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_works_without_objective(Accelerator method)
    {
        if (method is ParabolicEm)
        {
            return; // its search along the parabola is defined by the objective; with residuals alone it may be slow
        }
        var map = new BareMap(new QuadraticMap([.97, .9, .5, .2]), objective: false);
        AccelerationResult result = Em.Accelerate(map, new double[4], new AccelerationOptions { Method = method, Stopping = StoppingRule.Residual(1e-10) });
        Assert.True(result.Converged, result.StopReason.ToString());
        Assert.All(result.Point, x => Assert.Equal(QuadraticMap.Optimum, x, 1e-7));
    }

    [Fact]
    public void Anderson_is_exact_on_a_linear_map()
    {
        // p distinct rates: p + 1 residuals determine the fixed point, so one proposal after the warm-up arrives
        double[] rates = [.99, .9, .6, .1];
        var iteration = new FixedPointIteration(
            new QuadraticMap(rates), new double[4], new SquaremAnderson { WarmUp = 6, Regularization = 0 }, StoppingRule.Residual(1e-10));
        while (iteration.Step() is null && iteration.Passes < 40)
        {
        }
        // warm-up 6, one SQUAREM cycle of at most 4, one proposal
        Assert.InRange(iteration.Passes, 7, 12);
        Assert.True(iteration.Stopped is StopReason.Converged or StopReason.Stationary);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Infeasible_proposals_cost_a_pass_and_no_more(Accelerator method)
    {
        // everything beyond the optimum is forbidden, as at a boundary: bold proposals fail, plain steps never
        var map = new QuadraticMap([.97, .9, .5])
        {
            Refuses = point => point.ContainsAnyExceptInRange(double.NegativeInfinity, QuadraticMap.Optimum),
        };
        AccelerationResult result = Em.Accelerate(map, new double[3], new AccelerationOptions { Method = method, Stopping = StoppingRule.Residual(1e-9) });
        Assert.Equal(StopReason.Converged, result.StopReason);
        Assert.All(result.Point, x => Assert.InRange(x, QuadraticMap.Optimum - 1e-6, QuadraticMap.Optimum));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Infeasible_start_is_a_failure(Accelerator method)
    {
        var map = new QuadraticMap([.5, .5]) { Refuses = _ => true };
        AccelerationResult result = Em.Accelerate(map, [1, 2], new AccelerationOptions { Method = method });
        Assert.Equal(StopReason.Failed, result.StopReason);
        Assert.False(result.Converged);
        Assert.Equal(1, result.Passes);
        Assert.Equal<double>([1, 2], result.Point.ToArray());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Undefined_image_is_a_failure_that_keeps_the_last_good_point(Accelerator method)
    {
        AccelerationResult result = Em.Accelerate(
            (point, image) => image[0] = point[0] > 2 ? double.NaN : point[0] + 0.7,
            point => point[0],
            [0],
            new AccelerationOptions { Method = method, Stopping = StoppingRule.Never });
        Assert.Equal(StopReason.Failed, result.StopReason);
        Assert.InRange(result.Point[0], 0, 2);
        Assert.Equal(result.Point[0], result.Objective);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Map_that_descends_is_an_error_with_both_values(Accelerator method)
    {
        MonotonicityException error = Assert.Throws<MonotonicityException>(() => Em.Accelerate(
            (point, image) => image[0] = 0.9 * point[0],
            point => point[0] * point[0],
            [5],
            new AccelerationOptions { Method = method }));
        Assert.True(error.After < error.Before);
    }

    [Fact]
    public void Map_that_descends_is_allowed_on_request()
    {
        AccelerationResult result = Em.Accelerate(
            (point, image) => image[0] = 0.9 * point[0],
            point => point[0] * point[0],
            [5],
            new AccelerationOptions { Method = Accelerator.None, Stopping = StoppingRule.Residual(1e-6), DecreaseTolerance = double.PositiveInfinity });
        Assert.Equal(StopReason.Converged, result.StopReason);
    }

    [Fact]
    public void Point_off_a_constraint_that_the_map_keeps_is_no_fault_of_the_map()
    {
        // images sum to one; a sum above one makes the objective too high, as it does for weights
        AccelerationResult result = Em.Accelerate(
            (point, image) =>
            {
                image[0] = 0.5 + 0.9 * (point[0] / (point[0] + point[1]) - 0.5);
                image[1] = 1 - image[0];
            },
            point => 100 * Math.Log(point[0] + point[1]) - Math.Pow(point[0] / (point[0] + point[1]) - 0.5, 2),
            [.3, .9]);
        Assert.True(result.Converged);
        Assert.Equal(1, result.RejectedProposals);
        Assert.True(result.Trace[1] < result.Trace[0]);
        Assert.Equal(.5, result.Point[0], 1e-5);
    }

    [Fact]
    public void Fixed_point_is_recognised_at_once()
    {
        AccelerationResult result = Em.Accelerate((point, image) => point.CopyTo(image), null, [1, 2, 3]);
        Assert.Equal(StopReason.Stationary, result.StopReason);
        Assert.True(result.Converged);
        Assert.Equal(1, result.Passes);
    }

    [Fact]
    public void Throwing_map_leaves_the_iteration_where_it_was()
    {
        bool broken = false;
        var map = new QuadraticMap([.9, .8]) { OnCall = _ => { if (broken) { throw new IOException("disk"); } } };
        var iteration = new FixedPointIteration(map, new double[2], Accelerator.Default, StoppingRule.RemainingGain());
        var reference = new FixedPointIteration(new QuadraticMap([.9, .8]), new double[2], Accelerator.Default, StoppingRule.RemainingGain());
        StopReason? reason = null;
        while (reason is null)
        {
            broken = true;
            Assert.Throws<IOException>(() => iteration.Step());
            broken = false;
            reason = iteration.Step();
            reference.Step();
            AssertSame(reference, iteration);
        }
        Assert.True(reason is StopReason.Converged or StopReason.Stationary);
    }

    [Fact]
    public void Units_do_not_matter_when_the_map_gives_them()
    {
        double[] rates = [.99, .93, .7, .4];
        double[] units = [1e-3, 1e4, 1, 37];
        AccelerationResult plain = Em.Accelerate(new QuadraticMap(rates), new double[4]);
        AccelerationResult scaled = Em.Accelerate(new QuadraticMap(rates, units, scaled: true), new double[4]);
        Assert.Equal(plain.Passes, scaled.Passes);
        Assert.Equal(plain.Trace.Length, scaled.Trace.Length);
        for (int j = 0; j < 4; j++)
        {
            Assert.Equal(plain.Point[j], scaled.Point[j] / units[j], 1e-9);
        }
    }

    [Fact]
    public void Nothing_is_allocated_per_step()
    {
        foreach (Accelerator method in new Accelerator[] { Accelerator.None, new Squarem(), new SquaremAnderson(), new Daarem(), new QuasiNewton(), new ParabolicEm() })
        {
            double[] rates = [.9999, .999, .99, .9, .8, .7, .6, .5];
            var iteration = new FixedPointIteration(new QuadraticMap(rates), new double[8], method, StoppingRule.RemainingGain(0));
            for (int i = 0; i < 15; i++)
            {
                iteration.Step();
            }
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 15; i++)
            {
                iteration.Step();
            }
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void States_of_other_settings_are_refused()
    {
        var one = new FixedPointIteration(new QuadraticMap([.5]), [0], new Squarem(), StoppingRule.Never);
        one.Step();
        IterationState state = one.Save();
        foreach (FixedPointIteration other in new[]
        {
            new FixedPointIteration(new QuadraticMap([.5]), [0], new Squarem { StepFactor = 2 }, StoppingRule.Never),
            new FixedPointIteration(new QuadraticMap([.5]), [0], new Squarem(), StoppingRule.Residual(1)),
            new FixedPointIteration(new QuadraticMap([.5, .5]), [0, 0], new Squarem(), StoppingRule.Never),
        })
        {
            Assert.Contains("Expected the state of", Assert.Throws<ArgumentException>(() => other.Restore(state)).Message);
        }
        Assert.Throws<ArgumentException>(() => one.Restore(state with { Numbers = state.Numbers.Add(0) }));
        Assert.Throws<ArgumentException>(() => one.Restore(state with { Counters = state.Counters[..^1] }));
    }
}
