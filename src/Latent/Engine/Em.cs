using Latent.Engine;
using Latent.Engine.Checkpoints;
using Latent.Engine.Stepwise;

namespace Latent;

/// <summary>Expectation-maximization for any model: the entry to the engine.</summary>
public static partial class Em
{
    /// <summary>Fits <paramref name="model"/> to <paramref name="data"/> by batch EM from <paramref name="start"/>, after epochs of another algorithm where the options ask for them.</summary>
    /// <returns>The parameters with the objective that belongs to them, and why it stopped. Not converging is a result, not an exception.</returns>
    /// <exception cref="ArgumentException">The data have no row of positive weight, or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the start was evaluated: there is no result yet.</exception>
    /// <exception cref="MonotonicityException">The model's two steps do not maximise the same objective.</exception>
    /// <exception cref="NumericalException">The objective is not finite at the start or after a step.</exception>
    /// <exception cref="CheckpointException">The checkpoint that it should resume from is damaged, or of another fit.</exception>
    public static EmResult<TParameters> Fit<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model,
        IDataSource<TChunk> data,
        TParameters start,
        EmOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options = (options ?? EmOptions.Default).Checked();
        return Continue(model, data, start, options, new Clock(options.TimeLimit), cancellation);
    }

    /// <summary>A fit on a clock that runs already, within its time limit, with checkpoints where the options ask for them.</summary>
    internal static EmResult<TParameters> Continue<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model, IDataSource<TChunk> data, TParameters start, EmOptions options, Clock clock, CancellationToken cancellation)
    {
        using Checkpointer? checkpoints = Checkpointer.Open(options, () => Fingerprint.Of(model, options).With("start", start), data, clock, cancellation);
        EmRunState<TParameters>? saved = checkpoints?.Restored<EmRunState<TParameters>>();
        EmResult<TParameters> result = Continue(model, data, start, options, clock, checkpoints, saved, run => run, cancellation);
        checkpoints?.Save(result.StopReason);
        return result;
    }

    /// <summary>A fit as the last part of a longer one: on its clock, within its time limit, in its checkpoints.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The data.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="options">How it runs.</param>
    /// <param name="clock">The clock of the whole.</param>
    /// <param name="checkpoints">The checkpoints of the whole, or null.</param>
    /// <param name="saved">Where this part was when it was interrupted; null at its beginning.</param>
    /// <param name="state">What a checkpoint of the whole holds, from the state of this part.</param>
    /// <param name="cancellation">Cancels; the result is the best so far.</param>
    internal static EmResult<TParameters> Continue<TParameters, TChunk, TState>(
        IEmModel<TParameters, TChunk> model,
        IDataSource<TChunk> data,
        TParameters start,
        EmOptions options,
        Clock clock,
        Checkpointer? checkpoints,
        EmRunState<TParameters>? saved,
        Func<EmRunState<TParameters>, TState> state,
        CancellationToken cancellation)
        where TState : class
    {
        EpochOutcome<TParameters> epochs = saved is null or { Epochs: not null }
            ? Epochs.Run(
                model, data, start, options, clock, cancellation, checkpoints, saved?.Epochs, now => checkpoints?.Watch(() => state(EmRunState<TParameters>.InEpochs(start, now()))))
            : new(start, saved.EpochPasses, saved.EpochSteps, false);
        Reduction<TParameters, TChunk> reduction = new(model, data, options.ThreadCount, options.Communicator);
        if (epochs.Cut)
        {
            EmRun<TParameters, TChunk> best = new(model, reduction, epochs.Parameters, options.Seed, 0);
            best.Advance(0, StoppingRule.Never, clock, options.Progress, CancellationToken.None);
            return Result(best, reduction.AnyRank(cancellation.IsCancellationRequested) ? StopReason.Cancelled : StopReason.TimeLimit, clock, best.Evaluations + epochs.Passes);
        }
        // The steps of epochs were plain: there is no need to begin with more of them.
        Accelerator acceleration = options.Acceleration.After(epochs.Steps);
        EmRun<TParameters, TChunk> run = saved is null or { Epochs: not null }
            ? new(model, reduction, epochs.Parameters, options.Seed, 0, acceleration)
            : new(model, reduction, saved, options.Seed, 0, options.Stopping, acceleration);
        checkpoints?.Watch(() => state(run.State with { EpochPasses = epochs.Passes, EpochSteps = epochs.Steps }));
        if (epochs.Certificate is { } certificate)
        {
            run.End(certificate, clock, options.Progress);
        }
        StopReason reason = run.Advance(options.MaxIterations, options.Stopping, clock, options.Progress, cancellation, checkpoints);
        return Result(run, reason, clock, run.Evaluations + epochs.Passes);
    }

    /// <summary>Runs <see cref="Fit{TParameters,TChunk}"/> on the thread pool.</summary>
    /// <inheritdoc cref="Fit{TParameters,TChunk}"/>
    public static Task<EmResult<TParameters>> FitAsync<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model,
        IDataSource<TChunk> data,
        TParameters start,
        EmOptions? options = null,
        CancellationToken cancellation = default) =>
        Task.Run(() => Fit(model, data, start, options, cancellation), CancellationToken.None);

    internal static EmResult<TParameters> Result<TParameters, TChunk>(EmRun<TParameters, TChunk> run, StopReason reason, Clock clock, int evaluations) => new()
    {
        Parameters = run.Parameters,
        Objective = run.Objective,
        LogLikelihood = run.LogLikelihood,
        Iterations = run.Iterations,
        Evaluations = evaluations,
        StopReason = reason,
        RemainingGain = run.RemainingGain,
        Trace = run.Trace,
        Degeneracies = run.Degeneracies,
        Starts = [new StartReport(run.Seed, run.Objective, run.Iterations, reason)],
        Elapsed = clock.Elapsed,
    };
}
