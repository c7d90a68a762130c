using System.Diagnostics;

namespace Latent.Engine;

/// <summary>
/// One start of batch EM: the parameters, the objective that belongs to them, and the statistic of the next M-step.
/// It can be advanced by any number of iterations and left there, so that several runs can race.
/// </summary>
internal sealed class EmRun<TParameters, TChunk>
{
    private readonly IEmModel<TParameters, TChunk> _model;
    private readonly Reduction<TParameters, TChunk> _reduction;
    private readonly double[] _statistic;
    private readonly List<double> _trace = [];
    private readonly List<Degeneracy> _degeneracies = [];

    public EmRun(IEmModel<TParameters, TChunk> model, Reduction<TParameters, TChunk> reduction, TParameters start, ulong seed, int index)
    {
        _model = model;
        _reduction = reduction;
        _statistic = new double[model.StatisticLength];
        Parameters = start;
        Seed = seed;
        Index = index;
    }

    public int Index { get; }

    public ulong Seed { get; }

    public TParameters Parameters { get; private set; }

    public double LogLikelihood { get; private set; } = double.NaN;

    public double Objective => _trace.Count == 0 ? double.NaN : _trace[^1];

    public int Iterations => Math.Max(0, _trace.Count - 1);

    public int Evaluations { get; private set; }

    public IReadOnlyList<double> Trace => _trace;

    /// <summary>The expected statistic under <see cref="Parameters"/>, of which the next M-step is made.</summary>
    public ReadOnlySpan<double> Statistic => _statistic;

    public IReadOnlyList<Degeneracy> Degeneracies => _degeneracies;

    public double RemainingGain => Aitken.RemainingGain(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_trace));

    /// <summary>Runs until the rule, the iterations, the clock or the caller says stop; <see cref="StopReason.IterationLimit"/> leaves a run that can go on.</summary>
    public StopReason Advance(int maxIterations, StoppingRule rule, Clock clock, IProgress<EmProgress>? progress, CancellationToken cancellation)
    {
        if (_trace.Count == 0)
        {
            Sweep start = Evaluate(Parameters, cancellation);
            if (start.LogLikelihood == 0 && !_statistic.AsSpan().ContainsAnyExcept(0.0))
            {
                throw new ArgumentException("Expected data to fit, found none: no chunk has a row of positive weight. Check the source and the weights.");
            }
            Accept(Parameters, start, progress, clock);
        }
        while (true)
        {
            if (Iterations > 0 && rule.HasConverged(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_trace)))
            {
                return StopReason.Converged;
            }
            if (Iterations >= maxIterations)
            {
                return StopReason.IterationLimit;
            }
            if (_reduction.AnyRank(clock.IsUp))
            {
                return StopReason.TimeLimit;
            }
            if (Step(progress, clock, cancellation) is { } reason)
            {
                return reason;
            }
        }
    }

    private StopReason? Step(IProgress<EmProgress>? progress, Clock clock, CancellationToken cancellation)
    {
        if (_reduction.AnyRank(cancellation.IsCancellationRequested))
        {
            return StopReason.Cancelled;
        }
        TParameters next = _model.Maximize(_statistic, Parameters);
        if (ReferenceEquals(next, Parameters))
        {
            return StopReason.Stationary;
        }
        double before = Objective;
        Sweep sweep;
        try
        {
            sweep = Evaluate(next, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return StopReason.Cancelled;
        }
        double decrease = before - sweep.Objective;
        if (decrease > DecreaseBound(before))
        {
            throw new MonotonicityException(Iterations + 1, before, sweep.Objective);
        }
        Accept(next, sweep, progress, clock);
        return null;
    }

    private Sweep Evaluate(TParameters parameters, CancellationToken cancellation)
    {
        Evaluations++;
        double logLikelihood = _reduction.Evaluate(parameters, _statistic, cancellation);
        double objective = logLikelihood + _model.LogPrior(parameters);
        if (!double.IsFinite(objective))
        {
            throw new NumericalException($"Expected a finite objective, found {objective}: the data have density zero, or overflow, under the current parameters. Rescale the data, or start elsewhere.");
        }
        return new Sweep(logLikelihood, objective);
    }

    private void Accept(TParameters parameters, Sweep sweep, IProgress<EmProgress>? progress, Clock clock)
    {
        Parameters = parameters;
        LogLikelihood = sweep.LogLikelihood;
        _trace.Add(sweep.Objective);
        Note();
        progress?.Report(new EmProgress(Index, Iterations, Objective, RemainingGain, clock.Elapsed));
    }

    private void Note()
    {
        if (_model is not IDegeneracyReport<TParameters> report)
        {
            return;
        }
        foreach ((int component, string message) in report.Degeneracies(Parameters))
        {
            if (!_degeneracies.Exists(known => known.Component == component && known.Message == message))
            {
                _degeneracies.Add(new Degeneracy(Iterations, component, message));
            }
        }
    }

    /// <summary>What rounding may take from an objective in one step: the sums behind it carry about 1e-13 of their size, the terms may be a thousand times larger than their sum.</summary>
    internal static double DecreaseBound(double objective) => 1e-10 * Math.Max(1, Math.Abs(objective));

    private readonly record struct Sweep(double LogLikelihood, double Objective);
}

/// <summary>The time a fit has taken and may take.</summary>
internal sealed class Clock(TimeSpan? limit)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    public bool IsUp => limit is { } most && Elapsed >= most;
}
