using Latent.Engine.Acceleration;

namespace Latent.Engine.Stepwise;

/// <summary>
/// What epochs leave, mended by steps of one pass each: all data give the gradient, and a sample, in sweeps that cost a part of a pass, the curvature
/// (<see cref="Surrogate{TParameters, TChunk}"/>), which the gradients of the steps before then correct (<see cref="SecantPair"/>). The gain that the next step would bring is known before it is
/// taken: where that is small enough the point is certified, by the pass that it has cost already.
/// </summary>
internal sealed class SamplePolish<TParameters, TChunk>(EpochContext<TParameters, TChunk> context, int epochs, int mSteps)
{
    // Rows of the sample per coordinate. With fewer than so many its curvature is not worth having.
    private const double RowsPerCoordinate = 80;
    private const double FewestPerCoordinate = 10;

    // And at least this part of the whole, whose sweeps cost next to nothing, but at first no more than that, and never more than the last.
    private const double LeastShare = 0.02;
    private const double FirstShare = 1.0 / 16;
    private const double LargestShare = 1.0 / 8;

    // A step ends where so little of its gain is left, or after sweeps that cost so many passes.
    private const double LeftOver = 0.02;
    private const double MostPasses = 1;

    private const double MostPerCoordinate = 10;
    private const double Rest = 0.25;

    // A step that leads downwards, gains less than this part of what was promised, or more than that of the one before asks for a larger sample. Two in a row, where there is none, are on a way that
    // leads elsewhere, past a saddle: batch EM goes it as fast.
    private const double Honest = 0.3;
    private const double Slow = 0.5;

    // Estimates that do not shrink by as much from one point to the next say that the curvature is unknown, and certify nothing.
    private const double MostContraction = 0.81;

    private const int MostSteps = 30;
    private const int MostAstray = 2;
    private const int MostPairs = 8;

    // The draws of epochs are numbered from 0.
    private const int SampleDraw = 1 << 24;

    private readonly Accelerator _accelerator = context.Options.Acceleration is PlainEm ? Accelerator.None : new SquaremAnderson { WarmUp = 5 };
    private readonly double _tolerance = context.Options.Stopping is StoppingRule.RemainingGainRule rule ? rule.Nats : 1e-6;
    private readonly double[] _statistic = new double[context.Model.StatisticLength];
    private Reduction<TParameters, TChunk>? _all;
    private Reduction<TParameters, TChunk>? _sample;
    private double _drawn;
    private double _sampled;

    public EpochOutcome<TParameters> Run(TParameters start, PolishState<TParameters>? saved)
    {
        int coordinates = context.Model is ICoordinateScore<TParameters> { HasCoordinateScore: true } score ? score.CoordinateCount(start) : 0;
        double sample = Math.Max(Math.Min(RowsPerCoordinate * coordinates, FirstShare * context.Whole), LeastShare * context.Whole);
        if (coordinates == 0 || sample < FewestPerCoordinate * coordinates)
        {
            return new(start, epochs, mSteps, false);
        }
        PolishState<TParameters> at = saved ?? PolishState<TParameters>.Begin(start, epochs, sample);
        context.Watch(() => new EpochState<TParameters>(epochs, 0, mSteps, null, null, at));
        _all = new(context.Model, context.Data, context.Options.ThreadCount, context.Options.Communicator);
        while (!at.Ended && at.Steps < MostSteps)
        {
            if (context.Stop())
            {
                return Outcome(at, cut: true);
            }
            context.Step(() => at = Step(at));
        }
        return Outcome(at, cut: false);
    }

    private EpochOutcome<TParameters> Outcome(PolishState<TParameters> at, bool cut) =>
        new(at.Parameters, (int)Math.Ceiling(at.Passes), mSteps + at.Steps, cut) { Certificate = at.Certificate };

    /// <summary>A pass where the last step has led and, if it led upwards, the next step.</summary>
    private PolishState<TParameters> Step(PolishState<TParameters> at)
    {
        double likelihood = _all!.Evaluate(at.Parameters, _statistic, CancellationToken.None);
        double objective = likelihood + context.Model.LogPrior(at.Parameters);
        at = at with { Passes = at.Passes + 1, Steps = at.Steps + 1 };
        context.Report(at.Steps, objective);
        double gain = objective - at.Objective;
        if (!(gain >= -StoppingRule.Rounding(objective)))
        {
            return Back(at, gain);
        }
        int astray = at.IsBack ? at.Astray : gain < Honest * at.Promised || at.Steps > 2 && gain > Slow * at.Gain ? at.Astray + 1 : 0;
        at = at with { Astray = astray };
        if (astray > 0 && 2 * at.Sample <= LargestShare * context.Whole)
        {
            // What is known of the old sample's curvature says nothing of the new one's.
            at = at with { Sample = 2 * at.Sample, Astray = 0, Gradient = [], Pairs = [] };
        }
        return at.Astray == MostAstray ? at with { Ended = true } : Leap(at, likelihood, objective, gain);
    }

    /// <summary>A part of a step that led downwards: as far as the parabola through what is known goes up.</summary>
    private PolishState<TParameters> Back(PolishState<TParameters> at, double loss)
    {
        double share = at.Slope > 0 && double.IsFinite(loss) ? Math.Clamp(at.Slope / (2 * (at.Slope - loss)), 0.1, 0.5) : 0.1;
        return !at.IsBack && at.Astray + 1 < MostAstray && at.Way.Length > 0 && Moved(at.Before, at.Point, share, at.Way) is { } nearer
            ? at with { Parameters = nearer, IsBack = true, Astray = at.Astray + 1, Promised = double.NaN }
            : at with { Parameters = at.Before, Ended = true };
    }

    /// <summary>Sweeps over a sample of a mass, unless they are those already.</summary>
    private void Draw(double mass)
    {
        if (mass != _drawn)
        {
            BatchSource<TChunk> rows = new();
            rows.Set(context.Pieces, context.Draw(mass, SampleDraw).Batch(0));
            _sample = new(context.Model, rows, context.Options.ThreadCount, context.Options.Communicator);
            (_drawn, _sampled) = (mass, context.MassOf(rows));
        }
    }

    /// <summary>A step from a point whose statistic is known, or its certificate.</summary>
    private PolishState<TParameters> Leap(PolishState<TParameters> at, double likelihood, double objective, double gain)
    {
        Draw(at.Sample);
        if (Surrogate<TParameters, TChunk>.TryCreate(context.Model, _sample!, context.Whole / _sampled, at.Parameters, _statistic) is not { } surrogate)
        {
            return at with { Ended = true };
        }
        FixedPointIteration iteration = new(surrogate, surrogate.Start, _accelerator, StoppingRule.RemainingGain(_tolerance / 4), 1e-8);
        // After an epoch the distance is one of sampling, some nats per coordinate; from then on little more is left than what was promised and not given.
        double most = at.Decrement > 0 ? Math.Max(2 * (at.Decrement - gain), Rest * gain) + _tolerance : MostPerCoordinate * surrogate.Length;
        (double promised, bool isSmall) = Climb(iteration, surrogate, most, (int)Math.Ceiling(MostPasses * context.Whole / _sampled));
        double[] step = iteration.Point.ToArray();
        VectorMath.AddScaled(-1, surrogate.Start, step);
        at = at with { Before = at.Parameters, Objective = objective, Gain = gain, IsBack = false, Passes = at.Passes + surrogate.Sweeps * _sampled / context.Whole };
        double[] gradient = surrogate.Gradient;
        SecantPair[] pairs = Pairs(at, surrogate.Start, gradient, step);
        double[] way = SecantPair.Mend(gradient, step, pairs);
        double slope = VectorMath.Dot(gradient, way);
        if (!(slope > 0) || Moved(at.Parameters, surrogate.Start, 1, way) is not { } next)
        {
            (way, next, slope, pairs) = (step, surrogate.At(iteration.Point), VectorMath.Dot(gradient, step), []);
        }
        double left = iteration.RemainingGain is >= 0 and var rest ? rest : iteration.Stopped is StopReason.Converged or StopReason.Stationary ? 0 : double.PositiveInfinity;
        double decrement = Math.Max(promised, slope / 2);
        double remaining = Remaining(at, gain, decrement + left);
        if (isSmall && remaining <= Math.Max(_tolerance, StoppingRule.Rounding(objective)) && context.Options.Stopping is StoppingRule.RemainingGainRule)
        {
            return at with { Ended = true, Certificate = new(likelihood, objective, remaining, [.. _statistic]) };
        }
        return at with { Point = surrogate.Start, Gradient = gradient, Step = step, Way = way, Slope = slope, Pairs = pairs, Parameters = next, Promised = promised, Decrement = decrement, Ended = promised <= 0 };
    }

    /// <summary>
    /// What is left at a point whose Newton decrement is known in the curvature B of a sample. Where B is off by a factor of 1 ± ε, a step leaves ε² of the gain, and ½∇LᵀH⁻¹∇L ≤ ½∇LᵀB⁻¹∇L/(1 − ε): so
    /// the decrements of two points in a row tell ε. A step that gained more than was promised adds by how much. NaN without a point before.
    /// </summary>
    private static double Remaining(PolishState<TParameters> at, double gain, double decrement)
    {
        double contraction = decrement / at.Decrement;
        return at.Decrement > 0 && contraction < MostContraction ? Math.Max(1, gain / at.Decrement) * decrement / (1 - Math.Sqrt(contraction)) : double.NaN;
    }

    /// <summary>The pairs known at a point, with the one of the step to it.</summary>
    private static SecantPair[] Pairs(PolishState<TParameters> at, double[] point, double[] gradient, double[] step)
    {
        if (at.Gradient.Length == 0)
        {
            return [];
        }
        SecantPair pair = new(Difference(point, at.Point), Difference(at.Gradient, gradient), Difference(at.Step, step));
        return pair.Curvature > 0 ? [.. at.Pairs.Skip(at.Pairs.Length + 1 - MostPairs), pair] : at.Pairs;
    }

    /// <summary>The parameters a part of a way from others; null where there are none.</summary>
    private TParameters? Moved(TParameters from, double[] point, double share, double[] way)
    {
        double[] moved = [.. point];
        VectorMath.AddScaled(share, way, moved);
        return ((ICoordinates<TParameters>)context.Model).TryReadCoordinates(moved, from, out TParameters? parameters) ? parameters : default;
    }

    private static double[] Difference(double[] first, double[] second)
    {
        double[] difference = [.. first];
        VectorMath.AddScaled(-1, second, difference);
        return difference;
    }

    /// <summary>
    /// Goes up the surrogate until little is left of what it promises; returns that gain, and whether a step of EM moves no coordinate by more than 10⁻³ of
    /// what would gain the tolerance.
    /// </summary>
    private (double Promised, bool IsSmall) Climb(FixedPointIteration iteration, Surrogate<TParameters, TChunk> surrogate, double most, int mostSweeps)
    {
        iteration.Step();
        double begun = iteration.Objective;
        surrogate.Ceiling = begun + most;
        bool isSmall = IsSmall(iteration);
        try
        {
            while (iteration.Stopped is null && surrogate.Sweeps < mostSweeps)
            {
                iteration.Step();
                double gained = iteration.Objective - begun;
                if (iteration.AcceptedPasses > 4 && iteration.LastOutcome == PassOutcome.Accepted
                    && iteration.RemainingGain >= 0 && iteration.RemainingGain <= LeftOver * gained && iteration.ObservedRate < 1)
                {
                    break;
                }
            }
        }
        catch (MonotonicityException)
        {
            // The map is one of a sample: where it breaks down, its best point so far serves.
        }
        return (iteration.Objective - begun, isSmall);
    }

    private bool IsSmall(FixedPointIteration iteration)
    {
        double most = 1e-3 * Math.Sqrt(Math.Max(_tolerance, StoppingRule.Rounding(iteration.Objective)));
        for (int j = 0; j < iteration.Point.Length; j++)
        {
            if (!(Math.Abs(iteration.Image[j] - iteration.Point[j]) <= most * Math.Max(1, Math.Abs(iteration.Point[j]))))
            {
                return false;
            }
        }
        return true;
    }
}
