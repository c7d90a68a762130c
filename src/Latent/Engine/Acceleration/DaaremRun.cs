namespace Latent.Engine.Acceleration;

internal sealed class DaaremRun : AcceleratorRun
{
    private const int Base = 0, Proposal = 1, Previous = 2;

    private readonly Daarem _options;
    private readonly int _order;
    private readonly double[][] _points;
    private readonly double[][] _residuals;
    private readonly RegularizedLeastSquares _solver;
    private readonly double[] _gamma;
    private Phase _phase = Phase.Start;
    private int _columns;
    private int _successes;
    private double _damping = 1e5;
    private double _dampingCorrection;
    private double _cycleObjective = double.NaN;

    public DaaremRun(Daarem options, RunContext context) : base(context, slots: 3)
    {
        _options = options;
        _order = Math.Min(options.Order, (context.Length + 1) / 2);
        _points = new double[_order][];
        _residuals = new double[_order][];
        for (int i = 0; i < _order; i++)
        {
            _points[i] = new double[context.Length];
            _residuals[i] = new double[context.Length];
        }
        _solver = new RegularizedLeastSquares(context.Length, _order);
        _gamma = new double[_order];
    }

    private enum Phase
    {
        Start,
        FirstStep,
        Proposal,
        Fallback,
    }

    protected override PassOutcome Advance(bool feasible)
    {
        switch (_phase)
        {
            case Phase.Start:
                return OnStart(feasible);
            case Phase.Proposal:
                return OnProposal(feasible);
            default:
                CountMap();
                CountObjective();
                if (!feasible)
                {
                    return PassOutcome.Failed;
                }
                if (_phase == Phase.FirstStep)
                {
                    _cycleObjective = Slots[Current].Objective;
                }
                return AcceptAndPropose(emStep: true);
        }
    }

    private PassOutcome OnStart(bool feasible)
    {
        CountMap();
        CountObjective();
        if (!feasible)
        {
            return PassOutcome.Failed;
        }
        PassOutcome outcome = Accept(emStep: false);
        Request(Proposal, Slots[Base].Image);
        _phase = Phase.FirstStep;
        return outcome;
    }

    private PassOutcome OnProposal(bool feasible)
    {
        CountObjective();
        EmPass proposal = Slots[Proposal], reference = Slots[Base];
        bool keeps = Context.HasObjective
            ? proposal.Objective >= reference.Objective - _options.ObjectiveTolerance
            : proposal.ResidualNorm <= reference.ResidualNorm;
        if (feasible && keeps)
        {
            CountMap();
            _successes++;
            return AcceptAndPropose(emStep: false);
        }
        if (!feasible || (Context.HasObjective && double.IsNaN(proposal.Objective)))
        {
            _columns = 0;
        }
        Request(Proposal, reference.Image);
        _phase = Phase.Fallback;
        return feasible ? PassOutcome.Rejected : PassOutcome.Infeasible;
    }

    private PassOutcome AcceptAndPropose(bool emStep)
    {
        PassOutcome outcome = Accept(emStep);
        EndCycle();
        // base ← the accepted pass, previous ← the base before it
        Swap(Previous, Base);
        Swap(Base, Proposal);
        EmPass current = Slots[Base], previous = Slots[Previous];
        for (int j = 0; j < current.Point.Length; j++)
        {
            _points[_columns][j] = current.Point[j] - previous.Point[j];
            _residuals[_columns][j] = current.Residual[j] - previous.Residual[j];
        }
        _columns++;
        Propose(current);
        return outcome;
    }

    /// <summary>A full window is emptied, and the damping strengthened where the cycle lost objective.</summary>
    private void EndCycle()
    {
        if (_columns < _order)
        {
            return;
        }
        _columns = 0;
        double reached = Slots[Current].Objective;
        if (reached < _cycleObjective - _options.CycleTolerance)
        {
            _successes = (int)Math.Max(_successes - _order, -2 * _options.Kappa);
        }
        _cycleObjective = reached;
    }

    private void Propose(EmPass current)
    {
        for (int column = 0; column < _columns; column++)
        {
            Metric.Scale(_residuals[column], _solver.Column(column));
        }
        Metric.Scale(current.Residual, _solver.RightSide);
        Span<double> gamma = _gamma.AsSpan(0, _columns);
        if (!_solver.TryDecompose(_columns))
        {
            _columns = 0;
            Request(Proposal, current.Image);
            _phase = Phase.Fallback;
            return;
        }
        double power = _options.Kappa - _successes;
        _damping = DaaremDamping.Find(_solver, _columns, _options.Alpha, power, _damping, ref _dampingCorrection);
        _solver.Solve(_columns, _damping, gamma);
        Span<double> proposal = Request(Proposal);
        current.Image.CopyTo(proposal);
        for (int column = 0; column < _columns; column++)
        {
            VectorMath.AddScaled(-gamma[column], _points[column], proposal);
            VectorMath.AddScaled(-gamma[column], _residuals[column], proposal);
        }
        _phase = Phase.Proposal;
    }

    public override void Transfer(StateTransfer state)
    {
        base.Transfer(state);
        for (int i = 0; i < _order; i++)
        {
            state.Numbers(_points[i]);
            state.Numbers(_residuals[i]);
        }
        int phase = (int)_phase;
        state.Counter(ref phase);
        _phase = (Phase)phase;
        state.Counter(ref _columns);
        state.Counter(ref _successes);
        state.Number(ref _damping);
        state.Number(ref _dampingCorrection);
        state.Number(ref _cycleObjective);
    }
}
