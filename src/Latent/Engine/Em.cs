using Latent.Engine;

namespace Latent;

/// <summary>Expectation-maximization for any model: the entry to the engine.</summary>
public static partial class Em
{
    /// <summary>Fits <paramref name="model"/> to <paramref name="data"/> by batch EM from <paramref name="start"/>.</summary>
    /// <returns>The parameters with the objective that belongs to them, and why it stopped. Not converging is a result, not an exception.</returns>
    /// <exception cref="ArgumentException">The data have no row of positive weight, or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the start was evaluated: there is no result yet.</exception>
    /// <exception cref="MonotonicityException">The model's two steps do not maximise the same objective.</exception>
    /// <exception cref="NumericalException">The objective is not finite at the start or after a step.</exception>
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

    /// <summary>A fit on a clock that runs already: the last part of a longer one, within the same time limit.</summary>
    internal static EmResult<TParameters> Continue<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model, IDataSource<TChunk> data, TParameters start, EmOptions options, Clock clock, CancellationToken cancellation)
    {
        Reduction<TParameters, TChunk> reduction = new(model, data, options.ThreadCount, options.Communicator);
        EmRun<TParameters, TChunk> run = new(model, reduction, start, options.Seed, 0, options.Acceleration);
        StopReason reason = run.Advance(options.MaxIterations, options.Stopping, clock, options.Progress, cancellation);
        return Result(run, reason, clock, run.Evaluations);
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
