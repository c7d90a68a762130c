using Latent.Data;
using Latent.Engine;
using Latent.Engine.Checkpoints;
using Latent.Families;
using Latent.Kernels;
using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>
/// The number of components in one run from too many [FigueiredoJain2002]: EM with weights πₖ ∝ Nₖ − T/2, T the parameters of a component, so that one which is not worth its
/// parameters goes, the least first; after each convergence the weakest goes too, down to one. The solution of the shortest message is kept.
/// </summary>
internal sealed class Annihilation<TComponent>(MixtureModel<TComponent> model, IRowSource rows, ColumnSummary summary, MixtureOptions<TComponent> options)
{
    private const int MostTries = 10;

    private readonly int _worth = model.Family is IJointFamily<TComponent> joint && model.Components > 1
        ? joint.FreeParametersOf(model.Components) - joint.FreeParametersOf(model.Components - 1)
        : model.Family.FreeParameters;

    private readonly List<AnnihilationStep> _path = [];
    private Mixture<TComponent>? _current;
    private Mixture<TComponent>? _left;
    private int _gone;
    private Mixture<TComponent>? _best;
    private double _shortest = double.PositiveInfinity;
    private int _evaluations;
    private bool _done;
    private EmRun<Mixture<TComponent>, RowChunk>? _run;

    /// <summary>Sweeps over the data.</summary>
    public int Evaluations => _evaluations + (_run?.Evaluations ?? 0);

    /// <summary>Time or the caller, where one of them ended it before its end.</summary>
    public StopReason? Cut { get; private set; }

    /// <summary>Where it is, between two steps.</summary>
    public AnnihilationState<Mixture<TComponent>> State => new(_current, _best, _shortest, [.. _path], _evaluations, _done, _run?.State) { Left = _left, Gone = _gone };

    /// <summary>The solution of the shortest message, its components by weight, and all that were passed on the way.</summary>
    /// <param name="given">A start, or null.</param>
    /// <param name="clock">The clock of the fit.</param>
    /// <param name="checkpoints">The checkpoints of the fit, or null.</param>
    /// <param name="saved">Where it was when it was interrupted, or null at its beginning.</param>
    /// <param name="cancellation">Cancels; the result is the best so far.</param>
    /// <exception cref="NumericalException">The data have too few rows for a single component.</exception>
    public (Mixture<TComponent> Best, IReadOnlyList<AnnihilationStep> Path) Run(
        Mixture<TComponent>? given, Clock clock, Checkpointer? checkpoints, AnnihilationState<Mixture<TComponent>>? saved, CancellationToken cancellation)
    {
        Restore(saved);
        _current ??= given ?? Start(cancellation);
        checkpoints?.Watch(() => new FitState<Mixture<TComponent>>(null, null, null) { Annihilation = State });
        while (!_done)
        {
            EmRun<Mixture<TComponent>, RowChunk> run = _run ??= NewRun(_current);
            int? weakest = null;
            StopReason reason = StopReason.Failed;
            try
            {
                reason = run.Advance(options.MaxIterations, options.Stopping, clock, options.Progress, cancellation, checkpoints);
            }
            catch (NumericalException) when (run.Trace.Count == 0 && _left is not null && model.Family is ISupportFamily and IStepwiseFamily<TComponent>)
            {
                _current = Shared((IStepwiseFamily<TComponent>)model.Family, _left, _gone, cancellation);
                _evaluations += run.Evaluations + 1;
                (_left, _run) = (null, null);
                continue;
            }
            catch (NumericalException) when (Worthless(run) is { } component && run.Parameters.Count > 1)
            {
                weakest = component;
            }
            if (reason is StopReason.Cancelled or StopReason.TimeLimit)
            {
                Cut = reason;
                (AnnihilationStep step, double length) = Passed(run);
                return ((length < _shortest ? run.Parameters : _best!).SortedByWeight(), [.. _path, step]);
            }
            Close(run, weakest);
        }
        return (_best!.SortedByWeight(), _path);
    }

    /// <summary>Enters what a run has come to, and goes on without the component that was not worth its parameters, or else the weakest.</summary>
    private void Close(EmRun<Mixture<TComponent>, RowChunk> run, int? weakest)
    {
        _evaluations += run.Evaluations;
        Mixture<TComponent> reached = run.Parameters;
        if (weakest is null)
        {
            (AnnihilationStep step, double length) = Passed(run);
            _path.Add(step);
            (_best, _shortest) = length < _shortest || _best is null ? (reached, length) : (_best, _shortest);
            _done = reached.Count == 1;
            weakest = Enumerable.Range(0, reached.Count).MinBy(k => reached.Weights[k]);
        }
        (_left, _gone) = (reached, weakest.Value);
        _current = _done ? reached : reached.Without(_gone);
        _run = null;
    }

    /// <summary>
    /// The others with a share each of the rows of the component that goes, where without it some rows have no density at all: it alone gave them any.
    /// </summary>
    /// <exception cref="NumericalException">The family's statistics cannot be joined.</exception>
    private Mixture<TComponent> Shared(IStepwiseFamily<TComponent> family, Mixture<TComponent> reached, int gone, CancellationToken cancellation)
    {
        MixtureModel<TComponent> before = ModelOf(reached.Count);
        MixtureModel<TComponent> after = model.With(reached.Count - 1, model.Responsibilities, 0);
        double[] whole = new double[before.StatisticLength];
        ReductionOf(before).Evaluate(reached, whole, cancellation);
        double[] joined = new double[after.StatisticLength];
        int[] kept = [.. Enumerable.Range(0, reached.Count).Where(k => k != gone)];
        double others = kept.Sum(k => whole[k]);
        for (int place = 0; place < kept.Length; place++)
        {
            int k = kept[place];
            double share = whole[k] / others;
            double[] moved = before.ComponentStatistic(whole, gone).ToArray();
            try
            {
                family.MoveOrigin(moved, [reached.Components[gone]], [reached.Components[k]]);
            }
            catch (NotSupportedException)
            {
                throw new NumericalException($"Expected a density for every row without component {gone + 1} of {reached.Count}, found rows that it alone can explain. Fit several numbers of components instead of annihilating them.");
            }
            joined[place] = whole[k] + share * whole[gone];
            Span<double> own = after.ComponentStatistic(joined, place);
            before.ComponentStatistic(whole, k).CopyTo(own);
            for (int index = 0; index < own.Length; index++)
            {
                own[index] += share * moved[index];
            }
        }
        return after.Maximize(joined, reached.Without(gone));
    }

    private (AnnihilationStep Step, double Length) Passed(EmRun<Mixture<TComponent>, RowChunk> run)
    {
        double length = Length(run.Parameters, run.LogLikelihood);
        return (new AnnihilationStep(run.Parameters.Count, length, run.LogLikelihood), length);
    }

    private EmRun<Mixture<TComponent>, RowChunk> NewRun(Mixture<TComponent> start)
    {
        MixtureModel<TComponent> smaller = ModelOf(start.Count);
        return new(smaller, ReductionOf(smaller), start, options.Seed, 0, options.Acceleration);
    }

    private MixtureModel<TComponent> ModelOf(int components) => model.With(components, model.Responsibilities, -0.5 * _worth);

    private Reduction<Mixture<TComponent>, RowChunk> ReductionOf(MixtureModel<TComponent> smaller) => new(smaller, rows, options.ThreadCount, options.Communicator);

    private void Restore(AnnihilationState<Mixture<TComponent>>? saved)
    {
        if (saved is null)
        {
            return;
        }
        (_current, _left, _gone, _best, _shortest, _evaluations, _done) = (saved.Current, saved.Left, saved.Gone, saved.Best, saved.Shortest, saved.Evaluations, saved.Done);
        _path.AddRange(saved.Path);
        if (saved.Run is { } run)
        {
            MixtureModel<TComponent> smaller = ModelOf(run.Parameters.Count);
            _run = new(smaller, ReductionOf(smaller), run, options.Seed, 0, options.Stopping, options.Acceleration);
        }
    }

    /// <summary>The component with the fewest rows where these are not worth its parameters; null where all are.</summary>
    private int? Worthless(EmRun<Mixture<TComponent>, RowChunk> run)
    {
        int count = run.Parameters.Count;
        double[] own = run.Statistic[..count].ToArray();
        int least = Array.IndexOf(own, own.Min());
        return own[least] <= 0.5 * _worth ? least : null;
    }

    private double Length(Mixture<TComponent> mixture, double logLikelihood)
    {
        double n = summary.Weight;
        double length = 0.5 * mixture.Count * (Elementary.Log(n / 12) + _worth + 1) - logLikelihood;
        foreach (double weight in mixture.Weights)
        {
            length += 0.5 * _worth * Elementary.Log(n * weight / 12);
        }
        return length;
    }

    /// <summary>
    /// Random responsibilities, unless an initialiser is given: components that are all alike at first annihilate each other, narrow ones would each settle on a handful of rows.
    /// </summary>
    private Mixture<TComponent> Start(CancellationToken cancellation)
    {
        MixtureInitializer initializer = options.Initializers is { Count: > 0 } several ? several[0] : new RandomPartitionInitializer();
        StartData<TComponent> data = new(model, rows, summary, options);
        for (int start = 0; ; start++)
        {
            try
            {
                StartContext<TComponent> context = data.Context(start, options.ThreadCount, cancellation);
                Mixture<TComponent> made = initializer.Start(context);
                _evaluations += context.Evaluations;
                return made;
            }
            catch (DegenerateStartException) when (start < MostTries)
            {
                continue;
            }
        }
    }
}

/// <summary>Where annihilation is.</summary>
/// <param name="Current">The solution that the present run began from.</param>
/// <param name="Best">That of the shortest message so far.</param>
/// <param name="Shortest">Its length.</param>
/// <param name="Path">What was passed.</param>
/// <param name="Evaluations">Sweeps of the runs that are over.</param>
/// <param name="Done">Whether one component was reached.</param>
/// <param name="Run">The present run, where there is one.</param>
internal sealed record AnnihilationState<TParameters>(
    TParameters? Current, TParameters? Best, double Shortest, AnnihilationStep[] Path, int Evaluations, bool Done, EmRunState<TParameters>? Run)
{
    /// <summary>The solution that a component went from, which makes a start where the others alone give some row no density.</summary>
    public TParameters? Left { get; init; }

    /// <summary>That component.</summary>
    public int Gone { get; init; }
}
