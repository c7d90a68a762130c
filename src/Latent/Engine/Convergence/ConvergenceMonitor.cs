using Latent.Engine.Acceleration;

namespace Latent.Engine.Convergence;

/// <summary>
/// Watches the accepted passes of an iteration, says when it has converged, and estimates what is still to gain.
/// </summary>
internal sealed class ConvergenceMonitor
{
    private const double Ulp = 2.220446049250313e-16;
    private const int Memory = 10;
    private const double Regularization = 1e-12;
    private const int SecantMemory = 15;

    private readonly StoppingRule _rule;
    private readonly RunContext _context;
    private readonly AndersonWindow? _window;
    private readonly bool _ownsWindow;
    private readonly SecantWindow? _secants;
    private readonly double _decreaseTolerance;
    private readonly double[] _displacement = [];
    private readonly double[] _force = [];
    private double _objective = double.NaN;
    private double _gain = double.NaN;
    private double _residual = double.NaN;
    private double _gradientFactor = double.NaN;
    private double _rate = double.NaN;
    private double _gap = double.NaN;
    private double _shortfall = 1;
    private bool _image;
    private int _exposed;
    private int _accepted = -1;
    private int _met;
    private int _flat;

    public ConvergenceMonitor(StoppingRule rule, RunContext context, AndersonWindow? shared, double decreaseTolerance)
    {
        _rule = rule;
        _context = context;
        _decreaseTolerance = decreaseTolerance;
        _ownsWindow = shared is null && rule is StoppingRule.RemainingGainRule && (context.HasObjective || context.HasGradient);
        _window = _ownsWindow ? new AndersonWindow(context.Metric, Memory, Regularization) : shared;
        _secants = context.HasGradient ? new SecantWindow(context.Length, SecantMemory) : null;
        if (_window is not null)
        {
            _displacement = new double[context.Length];
            _force = new double[context.Length];
        }
    }

    /// <summary>The observed rate of the map: the largest Ritz value of the window or, without one, ‖f_new‖ / ‖f_old‖ over the last plain step.</summary>
    public double Rate => _window is { Columns: > 0 } ? _window.LargestRate() : _rate;

    /// <summary>Accepted proposals whose objective the next plain step showed to be spurious.</summary>
    public int ExposedProposals => _exposed;

    /// <summary>Takes in an accepted pass; answers with a reason to stop, or null.</summary>
    /// <param name="pass">The new incumbent.</param>
    /// <param name="emStep">Whether its point is the image of the incumbent before.</param>
    /// <param name="image">Whether its point is an image at all.</param>
    /// <exception cref="MonotonicityException">A plain step from an image lowered the objective by more than the tolerance.</exception>
    /// <remarks>
    /// A step down from a point that is no image is no fault of the map: rounding may have carried a proposal off a constraint that F
    /// keeps, such as weights that sum to one, where the objective is too high. The step itself has put that right.
    /// </remarks>
    public StopReason? Observe(EmPass pass, bool emStep, bool image)
    {
        double before = _objective;
        bool fromImage = _image;
        _image = image;
        Update(pass, emStep);
        if (_context.HasObjective && emStep && before - pass.Objective > _decreaseTolerance * Math.Max(1, Math.Abs(before)))
        {
            if (fromImage)
            {
                throw new MonotonicityException(_accepted, before, pass.Objective);
            }
            _exposed++;
        }
        if (IsStationary(pass))
        {
            return StopReason.Stationary;
        }
        return _rule switch
        {
            StoppingRule.ResidualRule rule => pass.ResidualNorm < rule.Tolerance ? StopReason.Converged : null,
            StoppingRule.RelativeChangeRule or StoppingRule.AbsoluteChangeRule => _rule.HasConverged([pass.Objective - _gain, pass.Objective]) ? StopReason.Converged : null,
            StoppingRule.RemainingGainRule rule => TestGap(rule, pass),
            _ => null,
        };
    }

    /// <summary>
    /// L* − L at the incumbent: from differences of gradients where they are known; ½κ⟨f, δ⟩ with the Anderson step δ, κ from differences of the objective, where not;
    /// from the rate where no pairs are kept. NaN when nothing can be said.
    /// </summary>
    public double EstimateGain(EmPass incumbent)
    {
        double gain = HasGradient(incumbent) ? _secants!.EstimateGain(incumbent) : double.NaN;
        if (double.IsNaN(gain) && _window is not null && _window.TryStep(out ReadOnlySpan<double> step))
        {
            gain = HasGradient(incumbent)
                ? GainEstimate.Decrement(incumbent.Gradient, step)
                : 0.5 * GradientFactor(step) * _context.Metric.Dot(incumbent.Residual, step);
        }
        return double.IsNaN(gain) && _context.HasObjective ? GainEstimate.FromRate(_gain, _rate) : gain;
    }

    /// <summary>√Σ(∂L/∂θ_j · unit_j)², with ∇L ≈ κ f/unit² where the map gives no gradient. NaN when nothing can be said.</summary>
    public double ScoreNorm(EmPass incumbent)
    {
        if (!HasGradient(incumbent))
        {
            return _window is not null && _window.TryStep(out ReadOnlySpan<double> step) ? GradientFactor(step) * incumbent.ResidualNorm : double.NaN;
        }
        double sum = 0;
        for (int j = 0; j < incumbent.Gradient.Length; j++)
        {
            double score = incumbent.Gradient[j] * _context.Metric.Unit(j);
            sum = Math.FusedMultiplyAdd(score, score, sum);
        }
        return Math.Sqrt(sum);
    }

    public void Transfer(StateTransfer state)
    {
        _secants?.Transfer(state);
        if (_ownsWindow)
        {
            _window!.Transfer(state);
        }
        state.Number(ref _objective);
        state.Number(ref _gain);
        state.Number(ref _residual);
        state.Number(ref _gradientFactor);
        state.Number(ref _rate);
        state.Number(ref _gap);
        state.Number(ref _shortfall);
        state.Flag(ref _image);
        state.Counter(ref _exposed);
        state.Counter(ref _accepted);
        state.Counter(ref _met);
        state.Counter(ref _flat);
    }

    private void Update(EmPass pass, bool emStep)
    {
        _accepted++;
        _gain = pass.Objective - _objective;
        _objective = pass.Objective;
        if (emStep && _residual > 0)
        {
            _rate = pass.ResidualNorm / _residual;
        }
        _residual = pass.ResidualNorm;
        if (_ownsWindow)
        {
            _window!.Push(pass);
        }
        _secants?.Push(pass);
    }

    /// <summary>Whether the gradient is known here: a map may lack it where a bound holds its parameters.</summary>
    private bool HasGradient(EmPass pass) => _secants is not null && VectorMath.AllFinite(pass.Gradient);

    /// <summary>The window's factor; the last one known where the objectives have come too close to tell.</summary>
    private double GradientFactor(ReadOnlySpan<double> step)
    {
        double factor = _window!.GradientFactor(step, _displacement, _force);
        _gradientFactor = double.IsNaN(factor) ? _gradientFactor : factor;
        return _gradientFactor;
    }

    private static bool IsStationary(EmPass pass)
    {
        for (int j = 0; j < pass.Point.Length; j++)
        {
            if (Math.Abs(pass.Residual[j]) > Ulp * Math.Abs(pass.Point[j]))
            {
                return false;
            }
        }
        return true;
    }

    private StopReason? TestGap(StoppingRule.RemainingGainRule rule, EmPass pass)
    {
        bool small = IsSmallStep(1e-3 * Math.Sqrt(Math.Max(rule.Nats, StoppingRule.Rounding(pass.Objective))), pass);
        if (_window is null)
        {
            return small ? StopReason.Converged : null;
        }
        double floor = StoppingRule.Rounding(pass.Objective);
        double tolerance = Math.Max(rule.Nats, floor);
        // a gain this large in one step leaves more than the tolerance: no need to solve for the step
        double gap = Math.Abs(_gain) <= 1e3 * tolerance || !_context.HasObjective ? EstimateGain(pass) : double.NaN;
        // a step that gained more than was said to be left shows by how much such estimates fall short
        _shortfall = Math.Max(_shortfall / 2, _gap > 0 && _gain > _gap ? _gain / _gap : 1);
        _gap = gap;
        bool met = gap * _shortfall <= tolerance && gap >= -floor;
        _met = met ? _met + 1 : 0;
        if (_met >= 2 && small)
        {
            return StopReason.Converged;
        }
        _flat = met && Math.Abs(_gain) <= floor ? _flat + 1 : 0;
        return _flat >= 10 ? StopReason.RoundingFloor : null;
    }

    private bool IsSmallStep(double tolerance, EmPass pass)
    {
        for (int j = 0; j < pass.Residual.Length; j++)
        {
            double unit = _context.Metric.Scaled ? _context.Metric.Unit(j) : Math.Max(1, Math.Abs(pass.Point[j]));
            if (!(Math.Abs(pass.Residual[j]) <= tolerance * unit))
            {
                return false;
            }
        }
        return true;
    }
}
