namespace Latent.Engine.Acceleration;

/// <summary>What a run is told of its map.</summary>
internal sealed record RunContext(int Length, bool HasObjective, bool HasGradient, Metric Metric);

/// <summary>
/// A method at work, turned inside out: it names the point it wants to see (<see cref="Next"/>), is handed the pass, and
/// names the next. The caller owns the loop, and may stop, save and resume between any two passes.
/// </summary>
internal abstract class AcceleratorRun
{
    private int _next;
    private int _incumbent;
    private bool _incumbentIsEmStep;
    private bool _incumbentIsImage;
    private int _mapEvaluations;
    private int _objectiveEvaluations;
    private int _rejected;
    private int _infeasible;

    protected AcceleratorRun(RunContext context, int slots)
    {
        Context = context;
        Slots = new EmPass[slots];
        for (int i = 0; i < slots; i++)
        {
            Slots[i] = new EmPass(context.Length, context.HasGradient);
        }
    }

    /// <summary>The pass that is wanted: its point is set, the caller fills in the rest.</summary>
    public EmPass Next => Slots[_next];

    /// <summary>The last accepted pass.</summary>
    public EmPass Incumbent => Slots[_incumbent];

    /// <summary>Whether the incumbent's point is the image of the incumbent before it.</summary>
    public bool IncumbentIsEmStep => _incumbentIsEmStep;

    /// <summary>Whether the incumbent's point is an image under F, and so meets whatever constraints F keeps.</summary>
    public bool IncumbentIsImage => _incumbentIsImage;

    /// <summary>Values of F that the method used, as its authors count them.</summary>
    public int MapEvaluations => _mapEvaluations;

    /// <summary>Values of L that the method used, as its authors count them.</summary>
    public int ObjectiveEvaluations => _objectiveEvaluations;

    /// <summary>Proposals that lost a pass because they did not keep the objective.</summary>
    public int RejectedProposals => _rejected;

    /// <summary>Proposals that lost a pass because they left the parameter space.</summary>
    public int InfeasibleProposals => _infeasible;

    /// <summary>The pairs (θ, F(θ) − θ) that the method keeps itself, for the stopping rule to share.</summary>
    public virtual AndersonWindow? Window => null;

    protected RunContext Context { get; }

    protected Metric Metric => Context.Metric;

    protected EmPass[] Slots { get; }

    /// <summary>Takes in the pass <see cref="Next"/> and sets the next point.</summary>
    public PassOutcome Absorb(bool feasible)
    {
        PassOutcome outcome = Advance(feasible);
        switch (outcome)
        {
            case PassOutcome.Rejected:
                _rejected++;
                break;
            case PassOutcome.Infeasible:
                _infeasible++;
                break;
        }
        return outcome;
    }

    public void Begin(ReadOnlySpan<double> start)
    {
        _next = 0;
        _incumbent = 0;
        Slots[0].SetPoint(start);
    }

    public virtual void Transfer(StateTransfer state)
    {
        foreach (EmPass pass in Slots)
        {
            pass.Transfer(state);
        }
        state.Counter(ref _next);
        state.Counter(ref _incumbent);
        state.Flag(ref _incumbentIsEmStep);
        state.Flag(ref _incumbentIsImage);
        state.Counter(ref _mapEvaluations);
        state.Counter(ref _objectiveEvaluations);
        state.Counter(ref _rejected);
        state.Counter(ref _infeasible);
    }

    protected abstract PassOutcome Advance(bool feasible);

    /// <summary>The pass just taken in becomes the incumbent.</summary>
    /// <param name="emStep">Its point is the image of the incumbent before.</param>
    /// <param name="image">Its point is the image of some point.</param>
    protected PassOutcome Accept(bool emStep, bool image = false)
    {
        _incumbent = _next;
        _incumbentIsEmStep = emStep;
        _incumbentIsImage = emStep || image;
        return PassOutcome.Accepted;
    }

    /// <summary>Asks for a pass at <paramref name="point"/>, kept in <paramref name="slot"/>.</summary>
    protected void Request(int slot, ReadOnlySpan<double> point)
    {
        Slots[slot].SetPoint(point);
        _next = slot;
    }

    /// <summary>Asks for a pass in <paramref name="slot"/>, whose point the caller writes.</summary>
    protected Span<double> Request(int slot)
    {
        _next = slot;
        return Slots[slot].Point;
    }

    /// <summary>The slot of the pass just taken in.</summary>
    protected int Current => _next;

    /// <summary>Exchanges what two slots hold; the incumbent moves along.</summary>
    protected void Swap(int a, int b)
    {
        (Slots[a], Slots[b]) = (Slots[b], Slots[a]);
        _incumbent = _incumbent == a ? b : _incumbent == b ? a : _incumbent;
        _next = _next == a ? b : _next == b ? a : _next;
    }

    protected void CountMap() => _mapEvaluations++;

    protected void CountObjective() => _objectiveEvaluations++;

    /// <summary>
    /// Whether <paramref name="candidate"/> keeps what <paramref name="reference"/> reached: its objective or, where the map has none, its
    /// residual. A NaN keeps nothing.
    /// </summary>
    protected bool Keeps(EmPass candidate, EmPass reference) => Context.HasObjective
        ? candidate.Objective >= reference.Objective
        : candidate.ResidualNorm <= reference.ResidualNorm;
}
