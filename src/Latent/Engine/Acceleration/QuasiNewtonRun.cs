namespace Latent.Engine.Acceleration;

internal sealed class QuasiNewtonRun : AcceleratorRun
{
    private const int Base = 0, Second = 1, Proposal = 2;

    private readonly int _secants;
    private readonly double[][] _u;
    private readonly double[][] _v;
    private readonly double[] _matrix;
    private readonly double[] _right;
    private Phase _phase = Phase.Start;
    private int _held;
    private int _oldest;

    public QuasiNewtonRun(QuasiNewton options, RunContext context) : base(context, slots: 3)
    {
        _secants = Math.Min(options.Secants, context.Length);
        _u = new double[_secants][];
        _v = new double[_secants][];
        for (int i = 0; i < _secants; i++)
        {
            _u[i] = new double[context.Length];
            _v[i] = new double[context.Length];
        }
        _matrix = new double[_secants * _secants];
        _right = new double[_secants];
    }

    private enum Phase
    {
        Start,
        Second,
        Proposal,
        Fallback,
    }

    protected override PassOutcome Advance(bool feasible)
    {
        if (_phase == Phase.Proposal)
        {
            return OnProposal(feasible);
        }
        CountMap();
        if (!feasible)
        {
            return PassOutcome.Failed;
        }
        return _phase == Phase.Second ? OnSecond() : BeginStep(emStep: _phase == Phase.Fallback);
    }

    /// <summary>The pass just taken in is θ of the next step.</summary>
    private PassOutcome BeginStep(bool emStep)
    {
        PassOutcome outcome = Accept(emStep);
        if (Current != Base)
        {
            Swap(Base, Current);
        }
        Request(Second, Slots[Base].Image);
        _phase = Phase.Second;
        return outcome;
    }

    private PassOutcome OnSecond()
    {
        PassOutcome outcome = Accept(emStep: true);
        int column = _held < _secants ? _held++ : _oldest;
        _oldest = (column + 1) % _secants;
        Slots[Base].Residual.CopyTo(_u[column], 0);
        Slots[Second].Residual.CopyTo(_v[column], 0);
        if (_held < _secants)
        {
            // not all secants are there yet: go on plainly, F(θ) becomes θ
            Swap(Base, Second);
            Request(Second, Slots[Base].Image);
            return outcome;
        }
        if (TryPropose())
        {
            _phase = Phase.Proposal;
        }
        else
        {
            FallBack();
        }
        return outcome;
    }

    private bool TryPropose()
    {
        ReadOnlySpan<double> residual = Slots[Base].Residual;
        for (int i = 0; i < _secants; i++)
        {
            for (int j = 0; j < _secants; j++)
            {
                _matrix[i * _secants + j] = Metric.Dot(_u[i], _u[j]) - Metric.Dot(_u[i], _v[j]);
            }
            _right[i] = Metric.Dot(_u[i], residual);
        }
        if (!SmallLinearSystem.TrySolve(_matrix, _right))
        {
            return false;
        }
        Span<double> proposal = Request(Proposal);
        Slots[Base].Image.CopyTo(proposal);
        for (int i = 0; i < _secants; i++)
        {
            VectorMath.AddScaled(_right[i], _v[i], proposal);
        }
        return VectorMath.AllFinite(proposal);
    }

    private PassOutcome OnProposal(bool feasible)
    {
        CountObjective();
        if (feasible && Keeps(Slots[Proposal], Slots[Second]))
        {
            CountMap();
            return BeginStep(emStep: false);
        }
        FallBack();
        return feasible ? PassOutcome.Rejected : PassOutcome.Infeasible;
    }

    private void FallBack()
    {
        Request(Proposal, Slots[Second].Image);
        _phase = Phase.Fallback;
    }

    public override void Transfer(StateTransfer state)
    {
        base.Transfer(state);
        for (int i = 0; i < _secants; i++)
        {
            state.Numbers(_u[i]);
            state.Numbers(_v[i]);
        }
        int phase = (int)_phase;
        state.Counter(ref phase);
        _phase = (Phase)phase;
        state.Counter(ref _held);
        state.Counter(ref _oldest);
    }
}
