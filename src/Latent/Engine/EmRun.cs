using System.Runtime.InteropServices;
using Latent.Engine.Checkpoints;
using Latent.Engine.Stepwise;

namespace Latent.Engine;

/// <summary>
/// One start of batch EM: the parameters, the objective that belongs to them, and the statistic of the next M-step.
/// It can be advanced by any number of iterations and left there, so that several runs can race.
/// </summary>
internal sealed partial class EmRun<TParameters, TChunk>
{
    private readonly IEmModel<TParameters, TChunk> _model;
    private readonly Reduction<TParameters, TChunk> _reduction;
    private readonly double[] _statistic;
    private readonly List<double> _trace = [];
    private readonly List<Degeneracy> _degeneracies = [];
    private readonly Accelerator _acceleration;
    private int _flat;
    private int _settled = 1;
    private double _certifiedGain = double.NaN;
    private ModelMap<TParameters, TChunk>? _map;
    private FixedPointIteration? _iteration;
    private StopReason? _stopped;
    private bool _hasStatistic;
    private bool _isAccelerated;

    public EmRun(IEmModel<TParameters, TChunk> model, Reduction<TParameters, TChunk> reduction, TParameters start, ulong seed, int index, Accelerator? acceleration = null)
    {
        _acceleration = acceleration ?? Accelerator.None;
        _model = model;
        _reduction = reduction;
        _statistic = new double[model.StatisticLength];
        Parameters = start;
        Seed = seed;
        Index = index;
    }

    /// <summary>A run that goes on where another with the same model, data and settings was.</summary>
    /// <exception cref="ArgumentException">The state is one of another method or rule.</exception>
    public EmRun(
        IEmModel<TParameters, TChunk> model, Reduction<TParameters, TChunk> reduction, EmRunState<TParameters> state, ulong seed, int index, StoppingRule rule, Accelerator? acceleration = null)
        : this(model, reduction, state.Parameters, seed, index, acceleration)
    {
        LogLikelihood = state.LogLikelihood;
        Iterations = state.Iterations;
        Evaluations = state.Evaluations;
        _trace.AddRange(state.Trace);
        _degeneracies.AddRange(state.Degeneracies);
        (_flat, _stopped, _hasStatistic) = (state.Flat, state.Stopped, state.Statistic is not null);
        state.Statistic?.CopyTo(_statistic, 0);
        (_settled, _certifiedGain) = (state.Settled, state.CertifiedGain);
        if (state.Warm is { } warm && !reduction.IsShared)
        {
            reduction.KeepStates(warm);
        }
        if (state.Accelerated is { } accelerated)
        {
            _map = ModelMap<TParameters, TChunk>.TryCreate(model, reduction, accelerated.Chart) ?? throw new ArgumentException("Expected parameters with coordinates, found none.", nameof(state));
            _iteration = new FixedPointIteration(_map, _map.Start(), _acceleration, rule, DecreaseTolerance);
            _iteration.Restore(accelerated.Iteration);
        }
    }

    public int Index { get; }

    /// <summary>Plain iterations before any acceleration begins.</summary>
    public int PlainIterations { get; init; }

    public ulong Seed { get; }

    public TParameters Parameters { get; private set; }

    public double LogLikelihood { get; private set; } = double.NaN;

    public double Objective => _trace.Count == 0 ? double.NaN : _trace[^1];

    /// <summary>M-steps done.</summary>
    public int Iterations { get; private set; }

    public int Evaluations { get; private set; }

    public IReadOnlyList<double> Trace => _trace;

    /// <summary>The expected statistic under <see cref="Parameters"/>, of which the next M-step is made.</summary>
    public ReadOnlySpan<double> Statistic => _statistic;

    public IReadOnlyList<Degeneracy> Degeneracies => _degeneracies;

    /// <summary>All that the run knows between two steps.</summary>
    public EmRunState<TParameters> State => new(
        Parameters,
        LogLikelihood,
        Iterations,
        Evaluations,
        [.. _trace],
        [.. _degeneracies],
        _flat,
        _stopped,
        _iteration is null && _hasStatistic ? [.. _statistic] : null,
        _settled,
        _reduction.States,
        _iteration is not null && Evaluations > 0 ? new AcceleratedState<TParameters>(_map!.Chart, _iteration.Save()) : null)
    { CertifiedGain = _certifiedGain };

    public double RemainingGain => !double.IsNaN(_certifiedGain) ? _certifiedGain : _iteration?.RemainingGain ?? Aitken.RemainingGain(CollectionsMarshal.AsSpan(_trace));

    /// <summary>Runs until the rule, the iterations, the clock or the caller says stop; <see cref="StopReason.IterationLimit"/> leaves a run that can go on.</summary>
    public StopReason Advance(
        int maxIterations, StoppingRule rule, Clock clock, IProgress<EmProgress>? progress, CancellationToken cancellation, Checkpointer? checkpoints = null)
    {
        if (_stopped is null && (Evaluations == 0 || (_iteration is null && !_hasStatistic)))
        {
            checkpoints?.Enter();
            try
            {
                Begin(rule, clock, progress, cancellation);
            }
            finally
            {
                checkpoints?.Exit();
            }
            checkpoints?.Tick();
        }
        while (true)
        {
            if (_stopped is { } stopped)
            {
                return stopped;
            }
            if (_iteration is null && _trace.Count > _settled && rule.HasConverged(CollectionsMarshal.AsSpan(_trace)))
            {
                if (!_reduction.IsFresh)
                {
                    return StopReason.Converged;
                }
                // Once more, from where each E-step stopped: that ascent ends at an optimum of its own.
                _settled = _trace.Count + 1;
            }
            if (_flat >= MostFlatSteps && !rule.RunsOn)
            {
                return StopReason.RoundingFloor;
            }
            if (Iterations >= maxIterations)
            {
                return StopReason.IterationLimit;
            }
            if (_reduction.AnyRank(clock.IsUp))
            {
                return StopReason.TimeLimit;
            }
            if (_reduction.AnyRank(cancellation.IsCancellationRequested))
            {
                return StopReason.Cancelled;
            }
            checkpoints?.Enter();
            try
            {
                _stopped = Accelerate(rule, cancellation) ?? (_iteration is null ? Step(progress, clock, cancellation) : Step(_iteration, progress, clock, cancellation));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return StopReason.Cancelled;
            }
            finally
            {
                checkpoints?.Exit();
            }
            checkpoints?.Tick();
        }
    }

    /// <summary>Begins at parameters that are known to be within the tolerance of the maximum, and ends there.</summary>
    public void End(Certificate certificate, Clock clock, IProgress<EmProgress>? progress)
    {
        certificate.Statistic.CopyTo(_statistic, 0);
        (_hasStatistic, _certifiedGain, _stopped) = (true, certificate.RemainingGain, StopReason.Converged);
        Accept(Parameters, new Sweep(certificate.LogLikelihood, certificate.Objective), progress, clock);
    }

    private void BeginPlain(Clock clock, IProgress<EmProgress>? progress, CancellationToken cancellation)
    {
        Sweep start = Evaluate(Parameters, cancellation);
        if (start.LogLikelihood == 0 && !_statistic.AsSpan().ContainsAnyExcept(0.0))
        {
            throw new ArgumentException("Expected data to fit, found none: no chunk has a row of positive weight. Check the source and the weights.");
        }
        if (_trace.Count == 0)
        {
            Accept(Parameters, start, progress, clock);
        }
    }

    private StopReason? Step(IProgress<EmProgress>? progress, Clock clock, CancellationToken cancellation)
    {
        if (_reduction.IsFresh && _settled > _trace.Count)
        {
            KeepStates(cancellation);
        }
        TParameters next = _model.Maximize(_statistic, Parameters);
        if (ReferenceEquals(next, Parameters))
        {
            return StopReason.Stationary;
        }
        double before = Objective;
        Sweep sweep = Evaluate(next, cancellation);
        if (_reduction.IsFresh && !(sweep.Objective >= before))
        {
            KeepStates(cancellation);
            sweep = Evaluate(next, cancellation);
        }
        double decrease = before - sweep.Objective;
        if (decrease > DecreaseBound(before))
        {
            throw new MonotonicityException(Iterations + 1, before, sweep.Objective);
        }
        Iterations++;
        Accept(next, sweep, progress, clock);
        return null;
    }

    /// <summary>Repeats the last sweep, with its bits, for the states that it leaves: from now on E-steps go on from those.</summary>
    private void KeepStates(CancellationToken cancellation)
    {
        _reduction.KeepStates();
        Evaluate(Parameters, cancellation);
    }

    private Sweep Evaluate(TParameters parameters, CancellationToken cancellation)
    {
        double logLikelihood = _reduction.Evaluate(parameters, _statistic, cancellation);
        Evaluations++;
        _hasStatistic = true;
        double objective = logLikelihood + _model.LogPrior(parameters);
        if (!double.IsFinite(objective))
        {
            throw new NumericalException($"Expected a finite objective, found {objective}: the data have density zero, or overflow, under the current parameters. Rescale the data, or start elsewhere.");
        }
        return new Sweep(logLikelihood, objective);
    }

    private void Accept(TParameters parameters, Sweep sweep, IProgress<EmProgress>? progress, Clock clock)
    {
        _flat = Math.Abs(sweep.Objective - Objective) <= StoppingRule.Rounding(sweep.Objective) / 8 ? _flat + 1 : 0;
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

    /// <summary>
    /// What rounding may take from an objective in one step. Sums over rows carry about 1e-13 of their size, but a covariance on its floor has lost
    /// eight digits of its least eigenvalue, and the log-density of its rows with them.
    /// </summary>
    internal static double DecreaseBound(double objective) => DecreaseTolerance * Math.Max(1, Math.Abs(objective));

    private const double DecreaseTolerance = 1e-8;

    /// <summary>Accepted steps in a row that change the objective by no more than its rounding, after which going on is of no use.</summary>
    private const int MostFlatSteps = 20;

    private readonly record struct Sweep(double LogLikelihood, double Objective);
}
