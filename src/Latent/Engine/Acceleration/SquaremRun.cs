namespace Latent.Engine.Acceleration;

internal sealed class SquaremRun : AcceleratorRun
{
    // slots: the pass at θ0, at θ1, at θ′, and the one that judges the proposal
    private const int Origin = 0, First = 1, Extrapolated = 2, Judge = 3;

    private readonly Squarem _options;
    private readonly double[] _v;
    private readonly bool _testsObjective;
    private Phase _phase = Phase.Start;
    private double _minimumStep;
    private double _maximumStep;
    private double _step;
    private bool _stabilised;
    private double _objective = double.NaN;

    public SquaremRun(Squarem options, RunContext context) : base(context, slots: 4)
    {
        _options = options;
        _v = new double[context.Length];
        _minimumStep = options.MinimumStep;
        _maximumStep = options.MaximumStep;
        _testsObjective = context.HasObjective && double.IsFinite(options.ObjectiveTolerance);
    }

    private enum Phase
    {
        Start,
        First,
        Extrapolated,
        Judge,
        Fallback,
    }

    protected override PassOutcome Advance(bool feasible) => _phase switch
    {
        Phase.First => OnFirst(feasible),
        Phase.Extrapolated => OnExtrapolated(feasible),
        Phase.Judge => OnJudge(feasible),
        _ => OnOrigin(feasible),
    };

    /// <summary>The start, or θ₂ after a proposal failed.</summary>
    private PassOutcome OnOrigin(bool feasible)
    {
        if (_testsObjective)
        {
            CountObjective();
        }
        CountMap();
        if (!feasible)
        {
            return PassOutcome.Failed;
        }
        bool emStep = _phase == Phase.Fallback;
        return BeginCycle(emStep, emStep);
    }

    /// <summary>The pass just taken in is θ₀ of the next cycle.</summary>
    private PassOutcome BeginCycle(bool emStep, bool image)
    {
        PassOutcome outcome = Accept(emStep, image);
        if (Current != Origin)
        {
            Swap(Origin, Current);
        }
        if (!double.IsNaN(Slots[Origin].Objective))
        {
            _objective = Slots[Origin].Objective;
        }
        Request(First, Slots[Origin].Image);
        _phase = Phase.First;
        return outcome;
    }

    private PassOutcome OnFirst(bool feasible)
    {
        CountMap();
        if (!feasible)
        {
            return PassOutcome.Failed;
        }
        PassOutcome outcome = Accept(emStep: true);
        EmPass origin = Slots[Origin];
        _step = StepLength(origin.Residual, Slots[First].Residual);
        _stabilised = Math.Abs(_step - 1) > 0.01;
        Span<double> proposal = Request(_stabilised ? Extrapolated : Judge);
        double linear = 2 * _step, quadratic = _step * _step;
        for (int j = 0; j < proposal.Length; j++)
        {
            proposal[j] = origin.Point[j] + linear * origin.Residual[j] + quadratic * _v[j];
        }
        _phase = _stabilised ? Phase.Extrapolated : Phase.Judge;
        return outcome;
    }

    private double StepLength(ReadOnlySpan<double> r, ReadOnlySpan<double> next)
    {
        for (int j = 0; j < _v.Length; j++)
        {
            _v[j] = next[j] - r[j];
        }
        double step = _options.Scheme switch
        {
            SquaremScheme.S1 => -Metric.Dot(r, _v) / Metric.Dot(_v, _v),
            SquaremScheme.S2 => -Metric.Dot(r, r) / Metric.Dot(r, _v),
            _ => Math.Sqrt(Metric.Dot(r, r) / Metric.Dot(_v, _v)),
        };
        return double.IsNaN(step) ? 1 : Math.Max(_minimumStep, Math.Min(_maximumStep, step));
    }

    private PassOutcome OnExtrapolated(bool feasible)
    {
        CountMap();
        if (!feasible)
        {
            return FallBack(PassOutcome.Infeasible);
        }
        if (!Context.HasObjective)
        {
            ReadOnlySpan<double> second = Slots[First].Image;
            double size = Math.Sqrt(VectorMath.Dot(second, second) / second.Length);
            if (!(Slots[Extrapolated].ResidualNorm <= _options.ResidualTolerance * (1 + size) + Slots[First].ResidualNorm))
            {
                return FallBack(PassOutcome.Rejected);
            }
        }
        Request(Judge, Slots[Extrapolated].Image);
        _phase = Phase.Judge;
        return PassOutcome.Trial;
    }

    private PassOutcome OnJudge(bool feasible)
    {
        if (_testsObjective)
        {
            CountObjective();
        }
        if (!feasible)
        {
            return FallBack(PassOutcome.Infeasible);
        }
        // NaN on either side is a loss
        if (_testsObjective && !(Slots[Judge].Objective >= _objective - _options.ObjectiveTolerance))
        {
            return FallBack(PassOutcome.Rejected);
        }
        CountMap();
        Widen();
        return BeginCycle(emStep: false, image: _stabilised);
    }

    private PassOutcome FallBack(PassOutcome reason)
    {
        if (_step == _maximumStep)
        {
            _maximumStep = Math.Max(_options.MaximumStep, _maximumStep / _options.StepFactor);
        }
        _step = 1;
        Widen();
        Request(Judge, Slots[First].Image);
        _phase = Phase.Fallback;
        return reason;
    }

    private void Widen()
    {
        if (_step == _maximumStep)
        {
            _maximumStep *= _options.StepFactor;
        }
        if (_minimumStep < 0 && _step == _minimumStep)
        {
            _minimumStep *= _options.StepFactor;
        }
    }

    public override void Transfer(StateTransfer state)
    {
        base.Transfer(state);
        int phase = (int)_phase;
        state.Counter(ref phase);
        _phase = (Phase)phase;
        state.Number(ref _minimumStep);
        state.Number(ref _maximumStep);
        state.Number(ref _step);
        state.Flag(ref _stabilised);
        state.Number(ref _objective);
    }
}
