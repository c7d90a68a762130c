namespace Latent.Engine.Acceleration;

internal sealed class ParabolicEmRun : AcceleratorRun
{
    // slots 0 and 1 take the plain iterates in turn; the others the best and the latest point on the parabola
    private const int Best = 2, Tried = 3;

    private readonly ParabolicEm _options;
    private readonly double[] _p0;
    private readonly double[] _p1;
    private readonly double[] _p2;
    private bool _searching;
    private bool _started;
    private bool _found;
    private int _plainLeft;
    private double _step;

    public ParabolicEmRun(ParabolicEm options, RunContext context) : base(context, slots: 4)
    {
        _options = options;
        _plainLeft = options.WarmUp;
        _p0 = new double[context.Length];
        _p1 = new double[context.Length];
        _p2 = new double[context.Length];
    }

    protected override PassOutcome Advance(bool feasible) => _searching ? OnSearch(feasible) : OnPlain(feasible);

    private PassOutcome OnPlain(bool feasible)
    {
        if (!feasible)
        {
            return PassOutcome.Failed;
        }
        PassOutcome outcome = Accept(_started);
        _started = true;
        if (_plainLeft == 0 || !_found)
        {
            _p1.CopyTo(_p0, 0);
            _p2.CopyTo(_p1, 0);
            Incumbent.Point.CopyTo(_p2, 0);
        }
        if (_plainLeft > 0)
        {
            _plainLeft--;
            RequestPlain();
        }
        else
        {
            CountObjective();
            _step = _options.InitialStep;
            _found = false;
            RequestSearch();
        }
        return outcome;
    }

    private PassOutcome OnSearch(bool feasible)
    {
        CountObjective();
        EmPass tried = Slots[Tried];
        bool rises = feasible && (Context.HasObjective ? tried.Objective > Incumbent.Objective : tried.ResidualNorm < Incumbent.ResidualNorm);
        if (rises)
        {
            _found = true;
            PassOutcome outcome = Accept(emStep: false);
            Swap(Best, Tried);
            _step *= _options.Ratio;
            RequestSearch();
            return outcome;
        }
        _plainLeft = 1;
        RequestPlain();
        return feasible ? PassOutcome.Rejected : PassOutcome.Infeasible;
    }

    private void RequestPlain()
    {
        CountMap();
        Request(Incumbent == Slots[0] ? 1 : 0, Incumbent.Image);
        _searching = false;
    }

    /// <summary>The point at t = 1 + step on the parabola through p₀, p₁, p₂.</summary>
    private void RequestSearch()
    {
        Span<double> proposal = Request(Tried);
        double t = 1 + _step, s = -_step;
        for (int j = 0; j < proposal.Length; j++)
        {
            proposal[j] = s * s * _p0[j] + 2 * t * s * _p1[j] + t * t * _p2[j];
        }
        _searching = true;
    }

    public override void Transfer(StateTransfer state)
    {
        base.Transfer(state);
        state.Numbers(_p0);
        state.Numbers(_p1);
        state.Numbers(_p2);
        state.Flag(ref _searching);
        state.Flag(ref _started);
        state.Flag(ref _found);
        state.Counter(ref _plainLeft);
        state.Number(ref _step);
    }
}
