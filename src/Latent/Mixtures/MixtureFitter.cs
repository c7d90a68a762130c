using Latent.Data;
using Latent.Engine;
using Latent.Engine.Checkpoints;
using Latent.Families;
using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>The road from rows to a fitted mixture, the same for every family: check, start, race, fit, summarise.</summary>
/// <param name="model">The model.</param>
/// <param name="rows">The rows.</param>
/// <param name="summary">Their means and variances.</param>
/// <param name="options">How it is fitted.</param>
/// <param name="given">The options as the caller gave them, where <paramref name="options"/> do not say all that a checkpoint must agree with.</param>
internal sealed class MixtureFitter<TComponent>(
    MixtureModel<TComponent> model, IRowSource rows, ColumnSummary summary, MixtureOptions<TComponent> options, EmOptions? given = null)
{
    private readonly MixtureModel<TComponent> _model =
        options.WeightPrior == model.WeightPrior && options.EqualWeights == model.EqualWeights && options.Noise is null == model.Noise is null
            ? model
            : model.With(options.WeightPrior - 1, options.EqualWeights, options.Noise?.Of(rows));

    public MixtureFit<TComponent> Fit(CancellationToken cancellation)
    {
        options.Checked();
        Check();
        Clock clock = new(options.TimeLimit);
        using Checkpointer? checkpoints = Checkpointer.Open(options, () => Fingerprint.Of(_model, given ?? options).With("family", model.Family), rows, clock, cancellation);
        FitState<Mixture<TComponent>>? saved = checkpoints?.Restored<FitState<Mixture<TComponent>>>();
        if (options.Trim > 0)
        {
            return Trimmed(clock, checkpoints, saved?.Trimmed, cancellation);
        }
        MixtureModel<TComponent> fitted = _model;
        Mixture<TComponent>? start = GivenStart(cancellation);
        bool keepOrder = (start is not null && !options.Annihilate) || IsOrdered;
        IReadOnlyList<AnnihilationStep> path = [];
        int before = 0;
        StopReason? cut = null;
        AnnihilationState<Mixture<TComponent>>? annihilated = null;
        if (options.Annihilate)
        {
            Annihilation<TComponent> annihilation = new(_model, rows, summary, options);
            (start, path) = annihilation.Run(start, clock, checkpoints, saved?.Annihilation, cancellation);
            (before, cut, annihilated) = (annihilation.Evaluations, annihilation.Cut, annihilation.State);
            fitted = _model.With(start.Count, _model.Responsibilities, _model.ExtraRows);
        }
        FitState<Mixture<TComponent>> State(EmRunState<Mixture<TComponent>> run) => new(null, null, run) { Annihilation = annihilated };
        EmResult<Mixture<TComponent>> result = start is null ? Race(clock, checkpoints, saved, cancellation)
            : cut is { } reason ? Evaluated(fitted, start, clock) with { StopReason = reason }
            : Em.Continue(fitted, rows, start, options, clock, checkpoints, saved?.Run, State, cancellation);
        checkpoints?.Save(result.StopReason);
        (fitted, result) = new DegeneracyRepair<TComponent>(rows, summary, options, clock).Apply(fitted, result, cancellation);
        result = (keepOrder ? result : SortedByWeight(result, rows.Known.Components)) with { Elapsed = clock.Elapsed, Evaluations = result.Evaluations + before };
        Mixture<TComponent> parameters = result.Parameters;
        result = result with { Suspicions = [.. Suspicions(fitted, result)] };
        double entropy = new Reduction<Mixture<TComponent>, RowChunk>(new PosteriorEntropy<TComponent>(fitted), rows, options.ThreadCount, options.Communicator)
            .Evaluate(parameters, [], CancellationToken.None);
        return new MixtureFit<TComponent>(fitted, parameters, result, summary, entropy) { Annihilation = path };
    }

    private MixtureFit<TComponent> Trimmed(Clock clock, Checkpointer? checkpoints, TrimmedState<Mixture<TComponent>>? saved, CancellationToken cancellation)
    {
        Mixture<TComponent>? given = GivenStart(cancellation);
        (EmResult<Mixture<TComponent>> result, double[] kept) = new TrimmedSearch<TComponent>(_model, rows, summary, options, clock, Starts).Run(given, checkpoints, saved, cancellation);
        result = given is not null || IsOrdered ? result : SortedByWeight(result, rows.Known.Components);
        double entropy = new Reduction<Mixture<TComponent>, RowChunk>(new PosteriorEntropy<TComponent>(_model), new ReweightedRows(rows, kept), options.ThreadCount, options.Communicator)
            .Evaluate(result.Parameters, [], CancellationToken.None);
        TrimmedRows trimmed = new([.. Enumerable.Range(0, kept.Length).Where(row => kept[row] < rows.Weight(row)).Select(row => (long)row)], rows.TotalWeight - kept.Sum()) { Share = options.Trim };
        return new MixtureFit<TComponent>(_model, result.Parameters, result, summary, entropy) { Trimmed = trimmed };
    }

    private void Check()
    {
        if (options.Trim > 0 && (options.Annihilate || options.Noise is not null || options.Algorithm != EmAlgorithm.Batch || options.Degeneracy is DegeneracyPolicy.Reseed or DegeneracyPolicy.Drop))
        {
            throw new ArgumentException("Expected batch EM without annihilation, noise and the policies that reseed or drop components where rows are trimmed, found one of them. Leave it out.");
        }
        if (rows.Known.Components > model.Components)
        {
            throw new ArgumentException($"Expected at least {rows.Known.Components} components, one for each that is known of some row, found {model.Components}. Use more components.");
        }
        if (IsOrdered && (options.Annihilate || options.Degeneracy == DegeneracyPolicy.Drop))
        {
            throw new ArgumentException("Expected components that may go, or constraints on single ones by their place, found both. Constrain all components alike, or leave annihilation and dropping out.");
        }
        if (options.Annihilate && (options.EqualWeights || options.Noise is not null || !rows.Known.IsEmpty))
        {
            throw new ArgumentException("Expected weights to be estimated, no noise and no known components where components are annihilated, found one of them. Fit several numbers of components instead.");
        }
    }

    /// <summary>The best so far of what time or the caller has ended, with its figures; a checkpoint stays where it is.</summary>
    private EmResult<Mixture<TComponent>> Evaluated(MixtureModel<TComponent> fitted, Mixture<TComponent> best, Clock clock) =>
        Em.Continue(fitted, rows, best, options with { MaxIterations = 0 }, clock, null, null, run => run, CancellationToken.None);

    private IEnumerable<Degeneracy> Suspicions(MixtureModel<TComponent> fitted, EmResult<Mixture<TComponent>> result)
    {
        TComponent Pooled() => new StartData<TComponent>(fitted, rows, summary, options).Pooled(CancellationToken.None);
        int finished = result.Starts.Count(start => start.StopReason is not (StopReason.Dropped or StopReason.Failed));
        string lone = finished > 1 && result.Agreement * finished < 1.5 ? " Only one start found it." : "";
        return Suspicion.Of(fitted, result.Parameters, summary.Weight, Pooled).Select(found => new Degeneracy(result.Iterations, found.Component, found.Message + lone));
    }

    // Events name components by their place, and move with them. Components that are known of some rows keep theirs.
    private static EmResult<Mixture<TComponent>> SortedByWeight(EmResult<Mixture<TComponent>> result, int named)
    {
        int[] order = result.Parameters.OrderByWeight(named);
        return result with
        {
            Parameters = result.Parameters.Reorder(order),
            Degeneracies = [.. result.Degeneracies.Select(found => found.Component < 0 ? found : found with { Component = Array.IndexOf(order, found.Component) })],
        };
    }

    private Mixture<TComponent>? GivenStart(CancellationToken cancellation)
    {
        if (options.Start is { } start)
        {
            return start.Count == model.Components
                ? Constrained(start)
                : throw new ArgumentException($"Expected a start of {model.Components} components, found {start.Count}.");
        }
        if (options.StartLabels is null && options.StartMeans is null)
        {
            return null;
        }
        StartContext<TComponent> context = new StartData<TComponent>(_model, rows, summary, options).Context(0, options.ThreadCount, cancellation);
        return options.StartLabels is { } labels ? context.FromGivenLabels(labels) : _model.Admit(context.FromMeans(options.StartMeans!), NoiseStart);
    }

    /// <summary>A start from elsewhere as the family's constraint allows it, so that the first M-step cannot lose what the constraint forbids.</summary>
    private Mixture<TComponent> Constrained(Mixture<TComponent> mixture) => _model.Admit(
        model.Family is IConstrainedFamily<TComponent> family
            ? new Mixture<TComponent>(mixture.Weights.AsSpan(), family.Constrain(mixture.Weights.AsSpan(), mixture.Components.AsSpan()), mixture.NoiseWeight)
            : mixture,
        NoiseStart);

    private bool IsOrdered => model.Family is IOrderedFamily { IsOrdered: true };

    private double NoiseStart => options.Noise?.StartWeight ?? 0;

    private EmResult<Mixture<TComponent>> Race(Clock clock, Checkpointer? checkpoints, FitState<Mixture<TComponent>>? saved, CancellationToken cancellation)
    {
        bool sampled = rows.Rows > options.RaceRows && model.Components > 1;
        if (saved is { Raced: { } raced, Run: { } run })
        {
            return OnAllRows(raced, run.Parameters, run, clock, checkpoints, cancellation);
        }
        IRowSource subset = sampled ? RowSample.Take(rows, options.RaceRows, options.Seed) : rows;
        StartData<TComponent> data = new(_model, subset, summary, options with { Smaller = options.Smaller is { } smaller ? Constrained(smaller) : null });
        RaceStart<Mixture<TComponent>>[] starts = Starts(data);
        // Epochs are of use after the race: its winner goes on with them.
        bool goesOn = sampled || options.Algorithm != EmAlgorithm.Batch;
        // A start that ends with a degenerate component, or one on a handful of rows, loses to any that does not.
        Func<Mixture<TComponent>, double>? penalty = starts.Length == 1 ? null
            : mixture => _model.Degeneracies(mixture).Any() || Suspicion.IsOnHandful(_model, mixture, summary.Weight, data) ? LastInRank : 0;
        Race<Mixture<TComponent>, RowChunk> race = new(_model, subset, starts, options.Race, options, clock, penalty, toTheEnd: !goesOn);
        RaceResult<Mixture<TComponent>, RowChunk> result = race.Run(checkpoints, saved?.Race, () => new FitState<Mixture<TComponent>>(race.State, null, null), cancellation);
        if (!goesOn)
        {
            return Em.Result(result.Winner, result.Reason, clock, result.Evaluations) with { Starts = result.Starts, Agreement = result.Agreement };
        }
        RaceOutcome outcome = new([.. result.Starts], result.Agreement, result.Evaluations);
        return result.Reason is StopReason.TimeLimit or StopReason.Cancelled
            ? Joined(outcome, Evaluated(_model, result.Winner.Parameters, clock)) with { StopReason = result.Reason }
            : OnAllRows(outcome, result.Winner.Parameters, null, clock, checkpoints, cancellation);
    }

    /// <summary>The winner of a race on a subset goes on with all rows.</summary>
    private EmResult<Mixture<TComponent>> OnAllRows(
        RaceOutcome race, Mixture<TComponent> start, EmRunState<Mixture<TComponent>>? saved, Clock clock, Checkpointer? checkpoints, CancellationToken cancellation) =>
        Joined(race, Em.Continue(_model, rows, start, options, clock, checkpoints, saved, run => new FitState<Mixture<TComponent>>(null, race, run), cancellation));

    private static EmResult<Mixture<TComponent>> Joined(RaceOutcome race, EmResult<Mixture<TComponent>> result) =>
        result with { Starts = race.Starts, Agreement = race.Agreement, Evaluations = result.Evaluations + race.Evaluations };

    private RaceStart<Mixture<TComponent>>[] Starts(StartData<TComponent> data)
    {
        IReadOnlyList<MixtureInitializer> initializers = options.Initializers ??
        [
            .. rows.Known.IsEmpty ? (MixtureInitializer[])[] : [new LabelInitializer()],
            .. options.Smaller is null ? (MixtureInitializer[])[] : [new SplitInitializer()],
            .. options.Trim > 0 ? (MixtureInitializer[])[new SubsetInitializer()] : [],
            .. options.Trim > 0 && model.Components == 1 ? [] : MixtureInitializer.Default,
        ];
        if (initializers.Count + options.Contenders.Count == 0)
        {
            throw new ArgumentException("Expected at least one initialiser, found none. Leave Initializers null for the default.");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(options.Starts);
        long cost = data.Rows.Rows * model.StatisticLength;
        int count = initializers.Count == 0 ? 0 : model.Components == 1 && options.Trim == 0 ? 1 : options.Starts > 0 ? options.Starts : cost <= CheapStarts ? 40 : 10;
        bool guided = options.Initializers is null && options.Starts == 0 && options.Trim == 0 && model.Components > 1 && cost <= CheapGuides;
        return
        [
            .. MixtureInitializer.Lineup(initializers, count).Concat(guided ? MixtureInitializer.Guided.Except(initializers) : []).Select((initializer, index) => new RaceStart<Mixture<TComponent>>(initializer.Name, (threads, cancellation) =>
            {
                StartContext<TComponent> context = data.Context(index, threads, cancellation);
                return (_model.Admit(initializer.Start(context), NoiseStart), context.Evaluations);
            })),
            .. options.Contenders.Select(contender => new RaceStart<Mixture<TComponent>>(contender.Name, (_, _) => (_model.Admit(contender.Start, NoiseStart), 0))),
        ];
    }

    /// <summary>More than objectives differ by, and little enough to tell them apart.</summary>
    private const double LastInRank = 1e9;

    /// <summary>Rows times doubles of statistic up to which forty starts cost next to nothing.</summary>
    private const long CheapStarts = 16_384;

    /// <summary>Rows times doubles of statistic up to which starts that take thought cost little.</summary>
    private const long CheapGuides = 131_072;
}

/// <summary>Where a fit is: in its race, or in what follows it.</summary>
/// <param name="Race">The race, while it runs.</param>
/// <param name="Raced">What a race on a subset has come to, once it is over.</param>
/// <param name="Run">The run on all rows, of the race's winner or from a given start.</param>
internal sealed record FitState<TParameters>(RaceState<TParameters>? Race, RaceOutcome? Raced, EmRunState<TParameters>? Run)
{
    /// <summary>The annihilation of components, while it runs and once it is over; null where there is none.</summary>
    public AnnihilationState<TParameters>? Annihilation { get; init; }

    /// <summary>The trimmed fit; null where no rows are left out.</summary>
    public TrimmedState<TParameters>? Trimmed { get; init; }
}

/// <summary>What is kept of a race that is over.</summary>
internal sealed record RaceOutcome(StartReport[] Starts, double Agreement, int Evaluations);
