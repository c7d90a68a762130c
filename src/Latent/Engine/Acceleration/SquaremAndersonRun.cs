namespace Latent.Engine.Acceleration;

internal sealed class SquaremAndersonRun : AcceleratorRun
{
    // slots: the pass a at θ, b at F(θ), c at the extrapolated point, d at its image (or an Anderson proposal)
    private const int Base = 0, First = 1, Extrapolated = 2, Proposal = 3;

    private readonly SquaremAnderson _options;
    private readonly AndersonWindow _window;
    private readonly double[] _v;
    private Phase _phase = Phase.Base;
    private bool _started;
    private int _warm;
    private int _wait = 1;
    private int _failures;
    private double _maximumStep = 1;
    private double _step;

    public SquaremAndersonRun(SquaremAnderson options, RunContext context) : base(context, slots: 4)
    {
        _options = options;
        _warm = options.WarmUp;
        _window = new AndersonWindow(context.Metric, options.Memory, options.Regularization);
        _v = new double[context.Length];
    }

    private enum Phase
    {
        Base,
        Anderson,
        First,
        Extrapolated,
        Stabilised,
    }

    public override AndersonWindow Window => _window;

    protected override PassOutcome Advance(bool feasible)
    {
        CountMap();
        if (Context.HasObjective)
        {
            CountObjective();
        }
        return _phase switch
        {
            Phase.Anderson => OnAnderson(feasible),
            Phase.First => OnFirst(feasible),
            Phase.Extrapolated => OnExtrapolated(feasible),
            Phase.Stabilised => OnStabilised(feasible),
            _ => OnBase(feasible),
        };
    }

    /// <summary>The start, a plain step of the warm-up, or θ₂ after a cycle without extrapolation.</summary>
    private PassOutcome OnBase(bool feasible)
    {
        if (!feasible)
        {
            return PassOutcome.Failed;
        }
        PassOutcome outcome = AcceptAsBase(_started);
        _started = true;
        if (_warm > 0)
        {
            _warm--;
            Request(Proposal, Slots[Base].Image);
        }
        else
        {
            Propose();
        }
        return outcome;
    }

    private PassOutcome AcceptAsBase(bool emStep, bool image = false)
    {
        PassOutcome outcome = Accept(emStep, image);
        if (Current != Base)
        {
            Swap(Base, Current);
        }
        _window.Push(Slots[Base]);
        return outcome;
    }

    /// <summary>Names the next point: an Anderson proposal where one is due and can be made, else the first step of a cycle.</summary>
    private void Propose()
    {
        if (_wait == 0 && _window.TryStep(out ReadOnlySpan<double> step))
        {
            Span<double> proposal = Request(Proposal);
            ReadOnlySpan<double> point = Slots[Base].Point;
            for (int j = 0; j < proposal.Length; j++)
            {
                proposal[j] = point[j] + step[j];
            }
            _phase = Phase.Anderson;
            return;
        }
        BeginCycle();
    }

    private void BeginCycle()
    {
        if (_wait > 0)
        {
            _wait--;
        }
        Request(First, Slots[Base].Image);
        _phase = Phase.First;
    }

    private PassOutcome OnAnderson(bool feasible)
    {
        if (feasible && Keeps(Slots[Proposal], Slots[Base]))
        {
            _failures = 0;
            PassOutcome outcome = AcceptAsBase(emStep: false);
            Propose();
            return outcome;
        }
        _wait = Math.Min(1 << Math.Min(_failures, 30), _options.MaximumWait);
        _failures++;
        BeginCycle();
        return feasible ? PassOutcome.Rejected : PassOutcome.Infeasible;
    }

    private PassOutcome OnFirst(bool feasible)
    {
        if (!feasible)
        {
            return PassOutcome.Failed;
        }
        PassOutcome outcome = Accept(emStep: true);
        _window.Push(Slots[First]);
        EmPass origin = Slots[Base];
        for (int j = 0; j < _v.Length; j++)
        {
            _v[j] = Slots[First].Residual[j] - origin.Residual[j];
        }
        double ratio = origin.ResidualNorm / Metric.Norm(_v);
        _step = double.IsNaN(ratio) ? 1 : Math.Clamp(ratio, 1, _maximumStep);
        if (_step <= 1.01)
        {
            Widen();
            Request(Proposal, Slots[First].Image);
            _phase = Phase.Base;
            return outcome;
        }
        Span<double> proposal = Request(Extrapolated);
        double linear = 2 * _step, quadratic = _step * _step;
        for (int j = 0; j < proposal.Length; j++)
        {
            proposal[j] = origin.Point[j] + linear * origin.Residual[j] + quadratic * _v[j];
        }
        _phase = Phase.Extrapolated;
        return outcome;
    }

    private PassOutcome OnExtrapolated(bool feasible)
    {
        if (!feasible || (Context.HasObjective && double.IsNaN(Slots[Extrapolated].Objective)))
        {
            return AbandonCycle(PassOutcome.Infeasible);
        }
        Request(Proposal, Slots[Extrapolated].Image);
        _phase = Phase.Stabilised;
        return PassOutcome.Trial;
    }

    private PassOutcome OnStabilised(bool feasible)
    {
        if (!feasible)
        {
            return AbandonCycle(PassOutcome.Infeasible);
        }
        if (!Keeps(Slots[Proposal], Slots[First]))
        {
            return AbandonCycle(PassOutcome.Rejected);
        }
        Widen();
        _window.Push(Slots[Extrapolated]);
        PassOutcome outcome = AcceptAsBase(emStep: false, image: true);
        Propose();
        return outcome;
    }

    private void Widen()
    {
        if (_step == _maximumStep)
        {
            _maximumStep *= _options.StepFactor;
        }
    }

    private PassOutcome AbandonCycle(PassOutcome reason)
    {
        if (_step == _maximumStep)
        {
            _maximumStep = Math.Max(1, _maximumStep / _options.StepFactor);
            if (_maximumStep == 1)
            {
                _maximumStep = _options.StepFactor;
            }
        }
        Request(Proposal, Slots[First].Image);
        _phase = Phase.Base;
        return reason;
    }

    public override void Transfer(StateTransfer state)
    {
        base.Transfer(state);
        _window.Transfer(state);
        int phase = (int)_phase;
        state.Counter(ref phase);
        _phase = (Phase)phase;
        state.Flag(ref _started);
        state.Counter(ref _warm);
        state.Counter(ref _wait);
        state.Counter(ref _failures);
        state.Number(ref _maximumStep);
        state.Number(ref _step);
    }
}
