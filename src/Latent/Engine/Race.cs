using System.Runtime.ExceptionServices;

namespace Latent.Engine;

/// <summary>
/// Several starts of one model on one data set, by the rules of a <see cref="RacePlan"/>. A start that breaks is dropped and reported;
/// only when all break does the race. What ranks them is the objective less a <c>penalty</c>. Starts run side by side where the data are too small to occupy the threads.
/// </summary>
internal sealed class Race<TParameters, TChunk>(
    IEmModel<TParameters, TChunk> model,
    IDataSource<TChunk> data,
    IReadOnlyList<RaceStart<TParameters>> starts,
    RacePlan plan,
    EmOptions options,
    Clock clock,
    Func<TParameters, double>? penalty = null,
    bool toTheEnd = true)
{
    /// <summary>Objectives this close are the same optimum, in nats.</summary>
    private const double Agreeing = 0.1;

    private readonly Entrant[] _entrants = [.. starts.Select((start, index) => new Entrant(index, start))];

    /// <summary>Runs the race; the first entry of the result is the winner.</summary>
    public RaceResult<TParameters, TChunk> Run(CancellationToken cancellation)
    {
        plan.Check();
        RunStage(_entrants, _entrants.Length == 1 ? options.MaxIterations : plan.FirstIterations, cancellation);
        for (Entrant[] hopeful = Hopeful(cancellation); hopeful.Length > (toTheEnd ? 0 : 1); hopeful = Hopeful(cancellation))
        {
            RunStage(hopeful, plan.StepIterations, cancellation);
        }
        Entrant best = Best(cancellation);
        foreach (Entrant entrant in _entrants)
        {
            if (entrant != best && entrant.Reason == StopReason.IterationLimit && entrant.Run!.Iterations < options.MaxIterations)
            {
                entrant.Reason = StopReason.Dropped;
            }
        }
        return new RaceResult<TParameters, TChunk>(best.Run!, best.Reason, [.. _entrants.Select(Report)], Agreement(best), _entrants.Sum(entrant => entrant.StartEvaluations + (entrant.Run?.Evaluations ?? 0)));
    }

    /// <summary>The starts that may still win: the best, and those that reach it with some times the gain of their last stretch.</summary>
    private Entrant[] Hopeful(CancellationToken cancellation)
    {
        Entrant best = Best(cancellation);
        return
        [
            .. _entrants.Where(entrant => entrant.Reason == StopReason.IterationLimit && entrant.Run!.Iterations < options.MaxIterations
                && (entrant == best || MayStillWin(entrant, best))),
        ];
    }

    private bool MayStillWin(Entrant entrant, Entrant best) =>
        double.IsPositiveInfinity(plan.Optimism)
        || !IsSettled(entrant, best) && Rank(entrant) + plan.Optimism * entrant.LastGain >= Rank(best);

    /// <summary>Whether a start has come so close to the best, and slowed so much, that it is the same optimum and need not be run to its end.</summary>
    private static bool IsSettled(Entrant entrant, Entrant best) => Agrees(entrant, best) && entrant.LastGain <= Agreeing;

    private static bool Agrees(Entrant entrant, Entrant best) => Math.Abs(entrant.Run!.Objective - best.Run!.Objective) <= Agreeing;

    private void RunStage(IReadOnlyList<Entrant> entrants, int iterations, CancellationToken cancellation)
    {
        bool sideBySide = data.ChunkCount < options.ThreadCount && entrants.Count > 1 && options.Communicator is null;
        if (!sideBySide)
        {
            foreach (Entrant entrant in entrants)
            {
                Advance(entrant, iterations, options.ThreadCount, cancellation);
            }
            return;
        }
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.ThreadCount };
        try
        {
            Parallel.ForEach(entrants, parallel, entrant => Advance(entrant, iterations, 1, cancellation));
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }

    private void Advance(Entrant entrant, int iterations, int threads, CancellationToken cancellation)
    {
        if (entrant.Reason is not StopReason.IterationLimit)
        {
            return;
        }
        try
        {
            entrant.Run ??= Start(entrant, threads, cancellation);
            int target = (int)Math.Min((long)entrant.Run.Iterations + iterations, options.MaxIterations);
            double before = entrant.Run.Objective;
            entrant.Reason = entrant.Run.Advance(target, options.Stopping, clock, options.Progress, cancellation);
            entrant.LastGain = double.IsNaN(before) ? FirstGain(entrant.Run) : entrant.Run.Objective - before;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            entrant.Reason = StopReason.Cancelled;
        }
        catch (Exception failure) when (failure is NumericalException or DegenerateStartException or MonotonicityException)
        {
            entrant.Reason = StopReason.Failed;
            entrant.Failure = failure;
        }
    }

    private EmRun<TParameters, TChunk> Start(Entrant entrant, int threads, CancellationToken cancellation)
    {
        (TParameters parameters, entrant.StartEvaluations) = entrant.Start.Make(threads, cancellation);
        Reduction<TParameters, TChunk> reduction = new(model, data, threads, options.Communicator);
        return new EmRun<TParameters, TChunk>(model, reduction, parameters, options.Seed, entrant.Index, options.Acceleration);
    }

    /// <summary>The gain of the second half of the first stretch, doubled: that of its first iterations says nothing.</summary>
    private static double FirstGain(EmRun<TParameters, TChunk> run) => 2 * (run.Trace[^1] - run.Trace[run.Trace.Count / 2]);

    private Entrant Best(CancellationToken cancellation)
    {
        Entrant? best = null;
        foreach (Entrant entrant in _entrants)
        {
            if (IsSound(entrant) && (best is null || Rank(entrant) > Rank(best)))
            {
                best = entrant;
            }
        }
        if (best is not null)
        {
            return best;
        }
        cancellation.ThrowIfCancellationRequested();
        Exception first = _entrants.Select(entrant => entrant.Failure).First(failure => failure is not null)!;
        if (first is MonotonicityException)
        {
            ExceptionDispatchInfo.Throw(first);
        }
        throw new NumericalException(_entrants.Length == 1 ? first.Message : $"Expected one of {_entrants.Length} starts to hold, found that all broke down, the first with: {first.Message}");
    }

    private static bool IsSound(Entrant entrant) => entrant.Failure is null && entrant.Run is { } run && !double.IsNaN(run.Objective);

    private double Rank(Entrant entrant) =>
        entrant.Run!.Objective - (penalty?.Invoke(entrant.Run.Parameters) ?? 0);

    /// <summary>The share of those that agree with the best, of them and of those that ended elsewhere.</summary>
    private double Agreement(Entrant best)
    {
        Entrant[] sound = [.. _entrants.Where(IsSound)];
        int agreeing = sound.Count(entrant => Agrees(entrant, best));
        int elsewhere = sound.Count(entrant => entrant.Reason != StopReason.Dropped && !Agrees(entrant, best));
        return (double)agreeing / (agreeing + elsewhere);
    }

    private StartReport Report(Entrant entrant) =>
        new(options.Seed + (ulong)entrant.Index, entrant.Run?.Objective ?? double.NaN, entrant.Run?.Iterations ?? 0, entrant.Reason, entrant.Failure?.Message, entrant.Start.Name);

    private sealed class Entrant(int index, RaceStart<TParameters> start)
    {
        public int Index { get; } = index;

        public RaceStart<TParameters> Start { get; } = start;

        public EmRun<TParameters, TChunk>? Run { get; set; }

        public int StartEvaluations { get; set; }

        /// <summary>What the objective gained when the start was last advanced.</summary>
        public double LastGain { get; set; }

        public StopReason Reason { get; set; } = StopReason.IterationLimit;

        public Exception? Failure { get; set; }
    }
}

/// <summary>One start of a race.</summary>
/// <param name="Name">What made it.</param>
/// <param name="Make">Makes it on so many threads, and says how many sweeps over the data that took.</param>
internal sealed record RaceStart<TParameters>(string? Name, Func<int, CancellationToken, (TParameters Parameters, int Evaluations)> Make);

/// <summary>How a race ended.</summary>
internal sealed record RaceResult<TParameters, TChunk>(
    EmRun<TParameters, TChunk> Winner, StopReason Reason, IReadOnlyList<StartReport> Starts, double Agreement, int Evaluations);
