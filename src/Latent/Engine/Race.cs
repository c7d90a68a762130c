using System.Runtime.ExceptionServices;
using Latent.Engine.Checkpoints;

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
    private Checkpointer? _checkpoints;

    /// <summary>Where every start is, between two steps of any.</summary>
    public RaceState<TParameters> State => new([.. _entrants.Select(entrant => entrant.State)]);

    /// <summary>Runs the race, with checkpoints where the options ask for them.</summary>
    public RaceResult<TParameters, TChunk> Run(CancellationToken cancellation)
    {
        using Checkpointer? checkpoints = Checkpointer.Open(
            options, () => Fingerprint.Of(model, options).With("starts", starts.Count).With("race", plan), data, clock, cancellation);
        RaceState<TParameters>? saved = checkpoints?.Restored<RaceState<TParameters>>();
        RaceResult<TParameters, TChunk> result = Run(checkpoints, saved, () => State, cancellation);
        checkpoints?.Save(result.Reason);
        return result;
    }

    /// <summary>Runs the race as a part of something longer.</summary>
    /// <param name="checkpoints">The checkpoints of the whole, or null.</param>
    /// <param name="saved">Where it was when it was interrupted, or null at its beginning.</param>
    /// <param name="state">What a checkpoint holds while it runs.</param>
    /// <param name="cancellation">Cancels; the result is the best so far.</param>
    public RaceResult<TParameters, TChunk> Run<TState>(Checkpointer? checkpoints, RaceState<TParameters>? saved, Func<TState> state, CancellationToken cancellation)
        where TState : class
    {
        plan.Check();
        _checkpoints = checkpoints;
        if (saved is null)
        {
            BeginStage(_entrants, _entrants.Length == 1 ? options.MaxIterations : plan.FirstIterations);
        }
        else
        {
            Restore(saved);
        }
        checkpoints?.Watch(state);
        RunStage(cancellation);
        for (Entrant[] hopeful = Hopeful(cancellation); Cut is null && hopeful.Length > (toTheEnd ? 0 : 1); hopeful = Hopeful(cancellation))
        {
            BeginStage(hopeful, plan.StepIterations);
            RunStage(cancellation);
        }
        Entrant best = Best(cancellation);
        StartReport[] reports = [.. _entrants.Select(entrant => Report(entrant, best))];
        return new RaceResult<TParameters, TChunk>(best.Run!, Cut ?? ReasonOf(best, best), reports, Agreement(best), _entrants.Sum(entrant => entrant.StartEvaluations + (entrant.Run?.Evaluations ?? 0)));
    }

    /// <summary>Why a stage ended before its end, or null: time or the caller. Who is hopeful then is not known, nor who would have won.</summary>
    private StopReason? Cut => _entrants.FirstOrDefault(entrant => entrant.Pending)?.Reason;

    /// <summary>Why a start ended: one that could go on was dropped, or ended with the race.</summary>
    private StopReason ReasonOf(Entrant entrant, Entrant best) =>
        !IsUnfinished(entrant) ? entrant.Reason
        : Cut is { } cut ? cut
        : entrant == best ? StopReason.IterationLimit
        : StopReason.Dropped;

    private bool IsUnfinished(Entrant entrant) => entrant.Reason == StopReason.IterationLimit && entrant.Run!.Iterations < options.MaxIterations;

    /// <summary>The starts that may still win: the best, and those that reach it with some times the gain of their last stretch.</summary>
    private Entrant[] Hopeful(CancellationToken cancellation)
    {
        Entrant best = Best(cancellation);
        return
        [
            .. _entrants.Where(entrant => IsUnfinished(entrant) && (entrant == best || MayStillWin(entrant, best))),
        ];
    }

    private bool MayStillWin(Entrant entrant, Entrant best) =>
        double.IsPositiveInfinity(plan.Optimism)
        || !IsSettled(entrant, best) && Rank(entrant) + plan.Optimism * entrant.LastGain >= Rank(best);

    /// <summary>Whether a start has come so close to the best, and slowed so much, that it is the same optimum and need not be run to its end.</summary>
    private static bool IsSettled(Entrant entrant, Entrant best) => Agrees(entrant, best) && entrant.LastGain <= Agreeing;

    private static bool Agrees(Entrant entrant, Entrant best) => Math.Abs(entrant.Run!.Objective - best.Run!.Objective) <= Agreeing;

    private bool SideBySide(int entrants) => data.ChunkCount < options.ThreadCount && entrants > 1 && options.Communicator is null;

    private void BeginStage(IEnumerable<Entrant> entrants, int iterations)
    {
        foreach (Entrant entrant in entrants)
        {
            entrant.Pending = true;
            entrant.Before = entrant.Run?.Objective ?? double.NaN;
            entrant.Target = (int)Math.Min((long)(entrant.Run?.Iterations ?? 0) + iterations, options.MaxIterations);
        }
    }

    private void RunStage(CancellationToken cancellation)
    {
        Entrant[] pending = [.. _entrants.Where(entrant => entrant.Pending)];
        if (!SideBySide(pending.Length))
        {
            foreach (Entrant entrant in pending)
            {
                Advance(entrant, options.ThreadCount, cancellation);
            }
            return;
        }
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.ThreadCount };
        try
        {
            Parallel.ForEach(pending, parallel, entrant => Advance(entrant, 1, cancellation));
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }

    private void Advance(Entrant entrant, int threads, CancellationToken cancellation)
    {
        (StopReason Reason, Exception? Failure) outcome;
        try
        {
            if (entrant.Run is null)
            {
                Begin(entrant, threads, cancellation);
            }
            outcome = (entrant.Run!.Advance(entrant.Target, options.Stopping, clock, options.Progress, cancellation, _checkpoints), null);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            outcome = (StopReason.Cancelled, null);
        }
        catch (Exception failure) when (failure is NumericalException or DegenerateStartException or MonotonicityException)
        {
            outcome = (StopReason.Failed, failure);
        }
        _checkpoints?.Enter();
        (entrant.Reason, entrant.Failure) = outcome;
        entrant.Pending = outcome.Reason is StopReason.TimeLimit or StopReason.Cancelled;
        _checkpoints?.Exit();
    }

    private void Begin(Entrant entrant, int threads, CancellationToken cancellation)
    {
        (TParameters parameters, int evaluations) = entrant.Start.Make(threads, cancellation);
        // A checkpoint cannot tell a run that is to be accelerated from one whose coordinates have ended.
        int plain = _checkpoints is null && _entrants.Length > 1 ? plan.PlainIterations : 0;
        EmRun<TParameters, TChunk> run = new(model, ReductionOn(threads), parameters, options.Seed, entrant.Index, options.Acceleration) { PlainIterations = plain };
        _checkpoints?.Enter();
        (entrant.Run, entrant.StartEvaluations) = (run, evaluations);
        _checkpoints?.Exit();
    }

    private Reduction<TParameters, TChunk> ReductionOn(int threads) => new(model, data, threads, options.Communicator);

    private void Restore(RaceState<TParameters> saved)
    {
        int threads = SideBySide(_entrants.Length) ? 1 : options.ThreadCount;
        foreach ((Entrant entrant, EntrantState<TParameters> state) in _entrants.Zip(saved.Entrants))
        {
            entrant.Restore(state, run => new EmRun<TParameters, TChunk>(model, ReductionOn(threads), run, options.Seed, entrant.Index, options.Stopping, options.Acceleration));
        }
    }

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
        int elsewhere = sound.Count(entrant => (entrant == best || !IsUnfinished(entrant)) && !Agrees(entrant, best));
        return (double)agreeing / (agreeing + elsewhere);
    }

    private StartReport Report(Entrant entrant, Entrant best) => new(
        options.Seed + (ulong)entrant.Index,
        entrant.Run?.Objective ?? double.NaN,
        entrant.Run?.Iterations ?? 0,
        ReasonOf(entrant, best),
        entrant.Failure?.Message,
        entrant.Start.Name);

    private sealed class Entrant(int index, RaceStart<TParameters> start)
    {
        public int Index { get; } = index;

        public RaceStart<TParameters> Start { get; } = start;

        public EmRun<TParameters, TChunk>? Run { get; set; }

        public int StartEvaluations { get; set; }

        /// <summary>Whether the stage still has to bring it to its target.</summary>
        public bool Pending { get; set; }

        /// <summary>The iterations at which the stage leaves it.</summary>
        public int Target { get; set; }

        /// <summary>The objective at the beginning of the stage; NaN in the first.</summary>
        public double Before { get; set; } = double.NaN;

        /// <summary>
        /// What the objective gained in the last stage; in the first, the gain of the second half doubled: that of its first iterations says nothing.
        /// </summary>
        public double LastGain => double.IsNaN(Before) ? 2 * (Run!.Trace[^1] - Run.Trace[Run.Trace.Count / 2]) : Run!.Objective - Before;

        public StopReason Reason { get; set; } = StopReason.IterationLimit;

        public Exception? Failure { get; set; }

        /// <summary>What a checkpoint says of it. Time and the caller end a run, not a start.</summary>
        public EntrantState<TParameters> State => new(
            StartEvaluations, Pending, Target, Before, Pending ? StopReason.IterationLimit : Reason, FailureState.Of(Failure), Run?.State);

        public void Restore(EntrantState<TParameters> state, Func<EmRunState<TParameters>, EmRun<TParameters, TChunk>> restore)
        {
            (StartEvaluations, Pending, Target, Before, Reason) = (state.StartEvaluations, state.Pending, state.Target, state.Before, state.Reason);
            Failure = state.Failure?.ToException();
            Run = state.Run is null ? null : restore(state.Run);
        }
    }
}

/// <summary>One start of a race.</summary>
/// <param name="Name">What made it.</param>
/// <param name="Make">Makes it on so many threads, and says how many sweeps over the data that took.</param>
internal sealed record RaceStart<TParameters>(string? Name, Func<int, CancellationToken, (TParameters Parameters, int Evaluations)> Make);

/// <summary>How a race ended.</summary>
internal sealed record RaceResult<TParameters, TChunk>(
    EmRun<TParameters, TChunk> Winner, StopReason Reason, IReadOnlyList<StartReport> Starts, double Agreement, int Evaluations);

/// <summary>Where a race is.</summary>
internal sealed record RaceState<TParameters>(EntrantState<TParameters>[] Entrants);

/// <summary>Where one start of a race is. A start that is not made yet has no run: its seed and its place make it.</summary>
internal sealed record EntrantState<TParameters>(
    int StartEvaluations, bool Pending, int Target, double Before, StopReason Reason, FailureState? Failure, EmRunState<TParameters>? Run);
