using System.Runtime.ExceptionServices;

namespace Latent.Engine;

/// <summary>
/// Several starts of one model on one data set, in the stages of a <see cref="RacePlan"/>. A start that breaks is dropped and reported;
/// only when all break does the race. What ranks them is the objective less a <c>penalty</c>. Starts run side by side where the data are too small to occupy the threads.
/// </summary>
internal sealed class Race<TParameters, TChunk>(
    IEmModel<TParameters, TChunk> model,
    IDataSource<TChunk> data,
    Func<int, TParameters> start,
    int starts,
    RacePlan plan,
    EmOptions options,
    Clock clock,
    Func<TParameters, double>? penalty = null)
{
    private readonly Entrant[] _entrants = [.. Enumerable.Range(0, starts).Select(index => new Entrant(index))];

    /// <summary>Runs the race; the first entry of the result is the winner.</summary>
    public RaceResult<TParameters, TChunk> Run(CancellationToken cancellation)
    {
        RunStage(_entrants, starts == 1 ? 0 : Math.Min(plan.FirstIterations, options.MaxIterations), cancellation);
        Entrant[] finalists = Best(plan.Finalists);
        RunStage(finalists, Math.Min((long)plan.FirstIterations + plan.SecondIterations, options.MaxIterations), cancellation);
        Entrant[] winners = Best(plan.Winners);
        RunStage(winners, options.MaxIterations, cancellation);
        Entrant best = Best(1)[0];
        while (best.Reason == StopReason.IterationLimit && Array.IndexOf(winners, best) < 0)
        {
            RunStage([best], options.MaxIterations, cancellation);
            winners = [.. winners, best];
            best = Best(1)[0];
        }
        foreach (Entrant entrant in _entrants)
        {
            if (entrant.Reason == StopReason.IterationLimit && Array.IndexOf(winners, entrant) < 0)
            {
                entrant.Reason = StopReason.Dropped;
            }
        }
        return new RaceResult<TParameters, TChunk>(best.Run!, best.Reason, [.. _entrants.Select(Report)], Agreement(best), _entrants.Sum(entrant => entrant.Run?.Evaluations ?? 0));
    }

    private void RunStage(Entrant[] entrants, long iterations, CancellationToken cancellation)
    {
        bool sideBySide = data.ChunkCount < options.ThreadCount && entrants.Length > 1 && options.Communicator is null;
        if (!sideBySide)
        {
            foreach (Entrant entrant in entrants)
            {
                Advance(entrant, (int)iterations, options.ThreadCount, cancellation);
            }
            return;
        }
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.ThreadCount };
        try
        {
            Parallel.ForEach(entrants, parallel, entrant => Advance(entrant, (int)iterations, 1, cancellation));
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
            entrant.Run ??= new EmRun<TParameters, TChunk>(
                model, new Reduction<TParameters, TChunk>(model, data, threads, options.Communicator), start(entrant.Index), options.Seed, entrant.Index, options.Acceleration);
            entrant.Reason = entrant.Run.Advance(iterations, options.Stopping, clock, options.Progress, cancellation);
        }
        catch (Exception failure) when (failure is NumericalException or DegenerateStartException or MonotonicityException)
        {
            entrant.Reason = StopReason.Failed;
            entrant.Failure = failure;
        }
    }

    private Entrant[] Best(int count)
    {
        Entrant[] sound = [.. _entrants.Where(entrant => entrant.Failure is null && !double.IsNaN(entrant.Run!.Objective))];
        if (sound.Length == 0)
        {
            Exception first = _entrants.Select(entrant => entrant.Failure).First(failure => failure is not null)!;
            if (first is MonotonicityException)
            {
                ExceptionDispatchInfo.Throw(first);
            }
            throw new NumericalException(_entrants.Length == 1 ? first.Message : $"Expected one of {_entrants.Length} starts to hold, found that all broke down, the first with: {first.Message}");
        }
        return [.. sound.OrderByDescending(Rank).Take(count)];
    }

    private double Rank(Entrant entrant) =>
        entrant.Run!.Objective - (penalty?.Invoke(entrant.Run.Parameters) ?? 0);

    private double Agreement(Entrant best)
    {
        Entrant[] finished = [.. _entrants.Where(entrant => entrant.Failure is null && entrant.Reason is not StopReason.Dropped)];
        return (double)finished.Count(entrant => Math.Abs(entrant.Run!.Objective - best.Run!.Objective) <= 0.1) / Math.Max(1, finished.Length);
    }

    private StartReport Report(Entrant entrant) =>
        new(options.Seed + (ulong)entrant.Index, entrant.Run?.Objective ?? double.NaN, entrant.Run?.Iterations ?? 0, entrant.Reason, entrant.Failure?.Message);

    private sealed class Entrant(int index)
    {
        public int Index { get; } = index;

        public EmRun<TParameters, TChunk>? Run { get; set; }

        public StopReason Reason { get; set; } = StopReason.IterationLimit;

        public Exception? Failure { get; set; }
    }
}

/// <summary>How a race ended.</summary>
internal sealed record RaceResult<TParameters, TChunk>(
    EmRun<TParameters, TChunk> Winner, StopReason Reason, IReadOnlyList<StartReport> Starts, double Agreement, int Evaluations);
