namespace Latent.Engine;

/// <content>Passes of an accelerated iteration.</content>
internal sealed partial class EmRun<TParameters, TChunk>
{
    private void Begin(StoppingRule rule, Clock clock, IProgress<EmProgress>? progress, CancellationToken cancellation)
    {
        if (Evaluations == 0 && PlainIterations == 0 && _acceleration is not PlainEm && ModelMap<TParameters, TChunk>.TryCreate(_model, _reduction, Parameters) is { } map)
        {
            _map = map;
            _iteration = new FixedPointIteration(map, map.Start(), _acceleration, rule, DecreaseTolerance);
            Step(_iteration, progress, clock, cancellation);
            return;
        }
        BeginPlain(clock, progress, cancellation);
    }

    /// <summary>Goes over to acceleration once plain iterations are done; where the model has no coordinates, or they end here, all remain plain.</summary>
    private StopReason? Accelerate(StoppingRule rule, CancellationToken cancellation)
    {
        if (PlainIterations == 0 || _isAccelerated || Iterations < PlainIterations || _acceleration is PlainEm)
        {
            return null;
        }
        _isAccelerated = true;
        if (ModelMap<TParameters, TChunk>.TryCreate(_model, _reduction, Parameters) is not { } map)
        {
            return null;
        }
        map.Cancellation = cancellation;
        FixedPointIteration iteration = new(map, map.Start(), _acceleration.After(Iterations), rule, DecreaseTolerance);
        StopReason? reason = iteration.Step();
        Evaluations++;
        if (iteration.LastOutcome != PassOutcome.Accepted)
        {
            return null;
        }
        (_map, _iteration) = (map, iteration);
        (Parameters, LogLikelihood, _trace[^1]) = (map.Parameters, map.LogLikelihood, iteration.Objective);
        return reason;
    }

    /// <summary>One pass of an accelerated iteration; where its coordinates end (a component has emptied, say), plain EM goes on from its last point.</summary>
    private StopReason? Step(FixedPointIteration iteration, IProgress<EmProgress>? progress, Clock clock, CancellationToken cancellation)
    {
        _map!.Cancellation = cancellation;
        bool first = Evaluations == 0;
        StopReason? reason = iteration.Step();
        Evaluations++;
        Iterations += first ? 0 : 1;
        if (iteration.LastOutcome == PassOutcome.Accepted)
        {
            Accept(_map.Parameters, new Sweep(_map.LogLikelihood, iteration.Objective), progress, clock);
        }
        if (reason is not StopReason.Failed)
        {
            return reason;
        }
        (_iteration, _map, _hasStatistic) = (null, null, false);
        BeginPlain(clock, progress, cancellation);
        return null;
    }
}
