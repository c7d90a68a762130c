namespace Latent.Engine.Stepwise;

/// <summary>
/// What epochs leave, mended by steps of one pass each: all data give the gradient, and a sample, in sweeps that cost a part of a pass, the curvature
/// (<see cref="Surrogate{TParameters, TChunk}"/>). A step takes all but a factor of about √(p/m) of the distance, however slow EM is there. The certificate is left to batch EM.
/// </summary>
internal sealed class SamplePolish<TParameters, TChunk>(EpochContext<TParameters, TChunk> context, int epochs)
{
    // Rows of the sample per coordinate: the curvature is then known to some 15 %. With fewer than so many it is not worth having.
    private const double RowsPerCoordinate = 40;
    private const double FewestPerCoordinate = 10;

    // And at least this part of the whole, whose sweeps cost next to nothing.
    private const double LeastShare = 0.02;

    // At first a sample has no more than this part of the whole, and never more than that.
    private const double FirstShare = 1.0 / 16;
    private const double LargestShare = 1.0 / 8;

    // A step ends where so little of its gain is left, or after sweeps that cost so many passes.
    private const double LeftOver = 0.02;
    private const double MostPasses = 1;
    private const double Shrunk = 0.03;

    // A step that gained less than this part of what was promised asks for a larger sample.
    private const double Honest = 0.7;

    private const double MostPerCoordinate = 10;

    // Two steps in a row that gain more than this part of the one before are on a way that leads elsewhere, past a saddle: batch EM goes it as fast.
    private const double Slow = 0.5;

    private const int MostSteps = 30;

    // The draws of epochs are numbered from 0.
    private const int SampleDraw = 1 << 24;

    private readonly Accelerator _accelerator = context.Options.Acceleration is PlainEm ? Accelerator.None : new SquaremAnderson { WarmUp = 5 };
    private readonly double _tolerance = context.Options.Stopping is StoppingRule.RemainingGainRule rule ? rule.Nats : 1e-6;
    private double[] _statistic = [];

    public EpochOutcome<TParameters> Run(TParameters start, PolishState<TParameters>? saved)
    {
        int coordinates = context.Model is ICoordinates<TParameters> chart ? chart.CoordinateCount(start) : 0;
        double sample = Math.Max(Math.Min(RowsPerCoordinate * coordinates, FirstShare * context.Whole), LeastShare * context.Whole);
        if (coordinates == 0 || sample < FewestPerCoordinate * coordinates)
        {
            return new(start, epochs, false);
        }
        PolishState<TParameters> at = saved ?? new(start, start, [], double.NegativeInfinity, double.NaN, sample, epochs, 0, double.NaN, 0, false);
        context.Watch(() => new EpochState<TParameters>(epochs, 0, null, null, at));
        Reduction<TParameters, TChunk> all = new(context.Model, context.Data, context.Options.ThreadCount, context.Options.Communicator);
        _statistic = new double[context.Model.StatisticLength];
        while (!at.Ended && at.Steps < MostSteps)
        {
            if (context.Stop())
            {
                return Outcome(at, cut: true);
            }
            context.Step(() => at = Step(at, all));
        }
        return Outcome(at, cut: false);
    }

    private static EpochOutcome<TParameters> Outcome(PolishState<TParameters> at, bool cut) => new(at.Parameters, (int)Math.Ceiling(at.Passes), cut);

    /// <summary>A pass where the last step has led and, if it led upwards, the next step.</summary>
    private PolishState<TParameters> Step(PolishState<TParameters> at, Reduction<TParameters, TChunk> all)
    {
        double objective = all.Evaluate(at.Parameters, _statistic, CancellationToken.None) + context.Model.LogPrior(at.Parameters);
        at = at with { Passes = at.Passes + 1, Steps = at.Steps + 1 };
        context.Report(at.Steps, objective);
        double gain = objective - at.Objective;
        double sample = gain < Honest * at.Promised || !(gain >= 0) ? Math.Min(2 * at.Sample, LargestShare * context.Whole) : at.Sample;
        if (!(gain >= 0))
        {
            // The curvature of the sample has led astray: a larger one goes on from where the step began, or batch EM.
            at = at with { Parameters = at.Before };
            if (sample == at.Sample || at.Statistic.Length == 0)
            {
                return at with { Ended = true };
            }
            at.Statistic.CopyTo(_statistic, 0);
            return Leap(at, at.Objective, at.Gain, sample, 0);
        }
        int slow = at.Steps > 2 && gain > Slow * at.Gain ? at.Slow + 1 : 0;
        if (slow == 2 || at.Steps > 1 && gain <= _tolerance && double.IsNaN(at.Promised))
        {
            return at with { Ended = true };
        }
        return Leap(at, objective, gain, sample, slow);
    }

    /// <summary>A step from a point whose statistic is known.</summary>
    private PolishState<TParameters> Leap(PolishState<TParameters> at, double objective, double gain, double sample, int slow)
    {
        Draw<TChunk> draw = context.Draw(sample, SampleDraw);
        BatchSource<TChunk> rows = new();
        rows.Set(context.Pieces, draw.Batch(0));
        double mass = 0;
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            mass += context.Model.Mass(rows.GetChunk(index));
        }
        Reduction<TParameters, TChunk> sweep = new(context.Model, rows, context.Options.ThreadCount, context.Options.Communicator);
        if (Surrogate<TParameters, TChunk>.TryCreate(context.Model, sweep, context.Whole / mass, at.Parameters, _statistic) is not { } surrogate)
        {
            return at with { Ended = true };
        }
        FixedPointIteration iteration = new(surrogate, surrogate.Start, _accelerator, StoppingRule.RemainingGain(_tolerance / 4), 1e-8);
        // After an epoch the distance is one of sampling, some nats per coordinate; from then on gains shrink.
        double most = at.Promised > 0 && double.IsFinite(gain) ? 2 * gain + _tolerance : MostPerCoordinate * surrogate.Length;
        double promised = Climb(iteration, surrogate, most, (int)Math.Ceiling(MostPasses * context.Whole / mass));
        return at with
        {
            Before = at.Parameters,
            Statistic = [.. _statistic],
            Objective = objective,
            Parameters = surrogate.At(iteration.Point),
            Promised = promised,
            Gain = gain,
            Slow = slow,
            Sample = sample,
            Passes = at.Passes + surrogate.Sweeps * mass / context.Whole,
            Ended = promised <= _tolerance,
        };
    }

    /// <summary>Goes up the surrogate until little is left of what it promises; returns that gain, NaN for a surrogate without an objective.</summary>
    private static double Climb(FixedPointIteration iteration, Surrogate<TParameters, TChunk> surrogate, double most, int mostSweeps)
    {
        iteration.Step();
        double begun = iteration.Objective;
        surrogate.Ceiling = surrogate.HasObjective ? begun + most : double.PositiveInfinity;
        double residual = iteration.ResidualNorm;
        try
        {
            while (iteration.Stopped is null && surrogate.Sweeps < mostSweeps)
            {
                iteration.Step();
                double gained = iteration.Objective - begun;
                if (iteration.AcceptedPasses > 4 && iteration.LastOutcome == PassOutcome.Accepted
                    && (surrogate.HasObjective ? iteration.RemainingGain >= 0 && iteration.RemainingGain <= LeftOver * gained && iteration.ObservedRate < 1 : iteration.ResidualNorm <= Shrunk * residual))
                {
                    break;
                }
            }
        }
        catch (MonotonicityException)
        {
            // The map is one of a sample: where it breaks down, its best point so far serves.
        }
        return iteration.Objective - begun;
    }
}

/// <summary>Where a polish is, between two passes over all data.</summary>
/// <param name="Parameters">Where the last step has led.</param>
/// <param name="Before">Where it began.</param>
/// <param name="Statistic">The statistic there; empty before the first pass.</param>
/// <param name="Objective">The objective there; −∞ before the first pass.</param>
/// <param name="Promised">What the surrogate said that the step would gain; NaN where it has no objective, or there was no step yet.</param>
/// <param name="Sample">The mass of the sample.</param>
/// <param name="Passes">Passes so far, those of epochs included; sweeps over the sample count by their share.</param>
/// <param name="Steps">Steps so far.</param>
/// <param name="Gain">What the step before gained.</param>
/// <param name="Slow">Steps in a row that gained nearly as much as the one before.</param>
/// <param name="Ended">Whether it is over.</param>
internal sealed record PolishState<TParameters>(TParameters Parameters, TParameters Before, double[] Statistic, double Objective, double Promised, double Sample, double Passes, int Steps, double Gain, int Slow, bool Ended);
