using Latent.Engine.Acceleration;
using Latent.Engine.Convergence;

namespace Latent.Engine;

/// <summary>
/// A fixed-point iteration, plain or accelerated, that does one pass per <see cref="Step"/>: the caller owns the loop and with it
/// cancellation, time limits, progress and checkpoints. Plain EM is the same loop with <see cref="Accelerator.None"/>.
/// </summary>
/// <remarks>
/// After warm-up a step allocates nothing. It is not safe for concurrent use. If the map throws, the iteration stays as
/// it was and the step can be tried again.
/// </remarks>
public sealed class FixedPointIteration
{
    private readonly IEmMap _map;
    private readonly IGradientEmMap? _gradientMap;
    private readonly IScaledEmMap? _scaledMap;
    private readonly RunContext _context;
    private readonly AcceleratorRun _run;
    private readonly ConvergenceMonitor _monitor;
    private readonly string _method;
    private int _passes;
    private int _accepted;
    private int _outcome;
    private int _reason = -1;

    /// <summary>An iteration about to start.</summary>
    /// <param name="map">The map.</param>
    /// <param name="start">The starting point, of length <see cref="IEmMap.Length"/>.</param>
    /// <param name="method">How passes are used.</param>
    /// <param name="rule">When it has converged.</param>
    /// <param name="decreaseTolerance">
    /// The loss of objective in a plain step, relative to max(1, |L|), that counts as rounding; +∞ for a map that does not ascend.
    /// </param>
    /// <exception cref="ArgumentException">The start has the wrong length or is not finite, or a setting is out of range.</exception>
    public FixedPointIteration(IEmMap map, ReadOnlySpan<double> start, Accelerator method, StoppingRule rule, double decreaseTolerance = 1e-10)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(rule);
        if (map.Length < 1 || start.Length != map.Length)
        {
            throw new ArgumentException($"Expected a start of {Math.Max(1, map.Length)} coordinates, found {start.Length}.", nameof(start));
        }
        if (!VectorMath.AllFinite(start))
        {
            throw new ArgumentException($"Expected a finite start, found {string.Join(", ", start.ToArray().Where(x => !double.IsFinite(x)).Take(3))}. Give a point inside the parameter space.", nameof(start));
        }
        if (!(decreaseTolerance >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(decreaseTolerance), decreaseTolerance, $"Expected a tolerance of at least 0, found {decreaseTolerance}.");
        }
        _map = map;
        _gradientMap = map as IGradientEmMap;
        _scaledMap = map as IScaledEmMap;
        _context = new RunContext(map.Length, map.HasObjective, _gradientMap is not null, new Metric(map.Length, _scaledMap is not null));
        _run = method.Start(_context);
        _run.Begin(start);
        _monitor = new ConvergenceMonitor(rule, _context, _run.Window, decreaseTolerance);
        _method = $"{method}; {rule}; {map.Length} coordinates";
    }

    /// <summary>The best point so far: the last one accepted, or the start before the first pass.</summary>
    public ReadOnlySpan<double> Point => _run.Incumbent.Point;

    /// <summary>F at <see cref="Point"/>.</summary>
    public ReadOnlySpan<double> Image => _run.Incumbent.Image;

    /// <summary>L at <see cref="Point"/>, in nats; NaN before the first pass and for a map without objective.</summary>
    public double Objective => _context.HasObjective ? _run.Incumbent.Objective : double.NaN;

    /// <summary>‖F(θ) − θ‖ at <see cref="Point"/>, Euclidean or in the map's scale; NaN before the first pass.</summary>
    public double ResidualNorm => _run.Incumbent.ResidualNorm;

    /// <summary>Passes over the data so far.</summary>
    public int Passes => _passes;

    /// <summary>Accepted passes so far.</summary>
    public int AcceptedPasses => _accepted;

    /// <summary>Values of F that the method used, counted as its authors count them: a fused pass may serve as one of F, of L, or both.</summary>
    public int MapEvaluations => _run.MapEvaluations;

    /// <summary>Values of L that the method used, counted as its authors count them.</summary>
    public int ObjectiveEvaluations => _run.ObjectiveEvaluations;

    /// <summary>
    /// Proposals that did not keep the objective: dropped or, where rounding had carried one off a constraint, exposed by the next plain step.
    /// </summary>
    public int RejectedProposals => _run.RejectedProposals + _monitor.ExposedProposals;

    /// <summary>Proposals dropped because they were infeasible.</summary>
    public int InfeasibleProposals => _run.InfeasibleProposals;

    /// <summary>
    /// λ̂, the rate at which plain steps shrink in the slowest direction seen lately; 1 or more far out, or at a saddle. NaN when unknown.
    /// </summary>
    public double ObservedRate => _monitor.Rate;

    /// <summary>An estimate of L* − L at <see cref="Point"/> in nats; NaN when unknown. Costs O(mp).</summary>
    public double RemainingGain => _passes == 0 ? double.NaN : _monitor.EstimateGain(_run.Incumbent);

    /// <summary>√Σ(∂L/∂θ_j · unit_j)² at <see cref="Point"/>, estimated where the map gives no gradient; NaN when unknown.</summary>
    public double ScoreNorm => _monitor.ScoreNorm(_run.Incumbent);

    /// <summary>Why the iteration stopped, null while it runs.</summary>
    public StopReason? Stopped => _reason < 0 ? null : (StopReason)_reason;

    /// <summary>What became of the last pass.</summary>
    public PassOutcome LastOutcome => (PassOutcome)_outcome;

    /// <summary>Does one pass. Once stopped it does nothing.</summary>
    /// <returns>Why the iteration stopped, null while it runs.</returns>
    /// <exception cref="MonotonicityException">A plain step lowered the objective: the map is no EM map of it.</exception>
    public StopReason? Step()
    {
        if (_reason >= 0)
        {
            return Stopped;
        }
        EmPass pass = _run.Next;
        bool feasible = Evaluate(pass);
        _passes++;
        PassOutcome outcome = _run.Absorb(feasible);
        _outcome = (int)outcome;
        StopReason? reason = outcome switch
        {
            PassOutcome.Failed => StopReason.Failed,
            PassOutcome.Accepted => OnAccepted(),
            _ => null,
        };
        _reason = reason is null ? -1 : (int)reason;
        return reason;
    }

    /// <summary>All that the iteration knows.</summary>
    public IterationState Save()
    {
        var transfer = new StateTransfer();
        Transfer(transfer);
        return transfer.ToState(_method);
    }

    /// <summary>Puts the iteration where <see cref="Save"/> left another with the same map and settings; it goes on with the same bits.</summary>
    /// <exception cref="ArgumentException">The state is of another method, rule or length.</exception>
    public void Restore(IterationState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Method != _method)
        {
            throw new ArgumentException($"Expected the state of '{_method}', found one of '{state.Method}'. Resume with the settings it was saved under.", nameof(state));
        }
        var transfer = new StateTransfer(state);
        Transfer(transfer);
        transfer.ThrowUnlessExhausted();
    }

    private bool Evaluate(EmPass pass)
    {
        if (!VectorMath.AllFinite(pass.Point))
        {
            return false;
        }
        bool feasible = _gradientMap is null
            ? _map.TryPass(pass.Point, pass.Image, out pass.Objective)
            : _gradientMap.TryPass(pass.Point, pass.Image, pass.Gradient, out pass.Objective);
        if (!feasible || double.IsPositiveInfinity(pass.Objective) || !VectorMath.AllFinite(pass.Image))
        {
            pass.Objective = double.NaN;
            return false;
        }
        pass.Complete(_context.Metric);
        return true;
    }

    private StopReason? OnAccepted()
    {
        _accepted++;
        EmPass incumbent = _run.Incumbent;
        if (_context.HasObjective && double.IsNaN(incumbent.Objective))
        {
            return StopReason.Failed;
        }
        StopReason? reason = _monitor.Observe(incumbent, _run.IncumbentIsEmStep, _run.IncumbentIsImage);
        if (_scaledMap is not null && int.IsPow2(_accepted))
        {
            _context.Metric.Refresh(_scaledMap, incumbent.Point);
        }
        return reason;
    }

    private void Transfer(StateTransfer state)
    {
        _context.Metric.Transfer(state);
        _run.Transfer(state);
        _monitor.Transfer(state);
        state.Counter(ref _passes);
        state.Counter(ref _accepted);
        state.Counter(ref _outcome);
        state.Counter(ref _reason);
    }
}
