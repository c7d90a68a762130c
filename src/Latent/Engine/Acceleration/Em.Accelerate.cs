using System.Collections.Immutable;
using System.Diagnostics;
using Latent.Engine;
using Latent.Engine.Acceleration;

namespace Latent;

public static partial class Em
{
    /// <summary>Iterates a fixed-point map to its fixed point, accelerated: all that is needed for a model of one's own is F, and L if it has one.</summary>
    /// <param name="map">Writes F(θ), one EM step. NaN says that F is undefined at θ.</param>
    /// <param name="objective">L(θ), larger is better: a log-likelihood, not its negative. NaN says that it is undefined; null for none.</param>
    /// <param name="start">The starting point.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellation">Stops between passes; the result then holds the best point so far.</param>
    /// <returns>The point reached and how far to trust it. Not converging is a result, not an exception.</returns>
    /// <exception cref="MonotonicityException">A plain step lowered the objective: F is no EM map of it.</exception>
    /// <exception cref="ArgumentException">The start is empty or not finite, or a setting is out of range.</exception>
    /// <remarks>
    /// Both functions are called once per pass. Where they share their work, as the E-step and the log-likelihood do, implement
    /// <see cref="IEmMap"/> and pay once.
    /// </remarks>
    public static AccelerationResult Accelerate(
        FixedPointMap map,
        FixedPointObjective? objective,
        ReadOnlySpan<double> start,
        AccelerationOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Accelerate(new DelegateEmMap(start.Length, map, objective), start, options, cancellation);
    }

    /// <summary>Iterates a fused fixed-point map to its fixed point, accelerated.</summary>
    /// <param name="map">F and L in one pass.</param>
    /// <param name="start">The starting point.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellation">Stops between passes; the result then holds the best point so far.</param>
    /// <returns>The point reached and how far to trust it. Not converging is a result, not an exception.</returns>
    /// <exception cref="MonotonicityException">A plain step lowered the objective: F is no EM map of it.</exception>
    /// <exception cref="ArgumentException">The start has the wrong length or is not finite, or a setting is out of range.</exception>
    public static AccelerationResult Accelerate(
        IEmMap map,
        ReadOnlySpan<double> start,
        AccelerationOptions? options = null,
        CancellationToken cancellation = default)
    {
        options ??= new AccelerationOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxPasses);
        var iteration = new FixedPointIteration(map, start, options.Method, options.Stopping, options.DecreaseTolerance);
        ImmutableArray<double>.Builder trace = ImmutableArray.CreateBuilder<double>();
        long began = Stopwatch.GetTimestamp();
        StopReason? reason = null;
        while (reason is null)
        {
            reason = iteration.Passes >= options.MaxPasses ? StopReason.IterationLimit
                : cancellation.IsCancellationRequested ? StopReason.Cancelled
                : Stopwatch.GetElapsedTime(began) > options.TimeLimit ? StopReason.TimeLimit
                : iteration.Step();
            if (map.HasObjective && trace.Count < iteration.AcceptedPasses)
            {
                trace.Add(iteration.Objective);
            }
            options.Progress?.Report(new AccelerationProgress(iteration.Passes, iteration.Objective, iteration.ResidualNorm, iteration.LastOutcome));
        }
        return Report(iteration, reason.Value, trace.ToImmutable());
    }

    private static AccelerationResult Report(FixedPointIteration iteration, StopReason reason, ImmutableArray<double> trace) => new()
    {
        Point = [.. iteration.Point],
        Objective = iteration.Objective,
        StopReason = reason,
        Passes = iteration.Passes,
        MapEvaluations = iteration.MapEvaluations,
        ObjectiveEvaluations = iteration.ObjectiveEvaluations,
        RejectedProposals = iteration.RejectedProposals,
        InfeasibleProposals = iteration.InfeasibleProposals,
        RemainingGain = iteration.RemainingGain,
        ObservedRate = iteration.ObservedRate,
        ResidualNorm = iteration.ResidualNorm,
        ScoreNorm = iteration.ScoreNorm,
        Trace = trace,
    };
}
