using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>Finds the solution of one cell: by a race of fresh starts, of cuts of the solution with fewer components, and of the solutions of cells that it contains.</summary>
internal sealed class CellSearch
{
    /// <summary>Times the gain of the last stretch that a start may lag behind the best and go on.</summary>
    private const double Patience = 5;

    /// <summary>Iterations before acceleration: two stretches of a race.</summary>
    private const int PlainIterations = 14;

    private readonly GaussianRows _rows;
    private readonly GaussianMixtureOptions _fit;
    private readonly GaussianMixtureOptions? _own;
    private readonly IReadOnlyList<MixtureInitializer> _fresh;
    private readonly int _borrowed;
    private readonly Clock _clock;
    private readonly TimeSpan? _limit;
    private readonly CancellationToken _cancellation;

    public CellSearch(RowSource rows, int[] counts, GaussianMixtureSelectionOptions options, GaussianMixtureOptions fit, Clock clock, CancellationToken cancellation)
    {
        (_rows, _borrowed, _clock, _limit, _cancellation) = (new GaussianRows(rows, fit), options.Splits, clock, options.TimeLimit, cancellation);
        IReadOnlyList<MixtureInitializer>? own = fit.Initializers ?? (fit.Starts > 0 ? MixtureInitializer.Default : null);
        // Few starts, most of which lead on from known solutions, deserve more patience than many fresh ones.
        RacePlan race = own is null && fit.Race == RacePlan.Default ? fit.Race with { Optimism = Patience } : fit.Race;
        _fit = fit with { Race = race with { PlainIterations = PlainIterations } };
        _own = own is null ? null : fit;
        _fresh = own is null ? new SharedStarts(counts, rows.Rows * rows.Columns).Initializers : [];
    }

    /// <summary>What is left of the time for all cells; null without a limit.</summary>
    public TimeSpan? TimeLeft => _limit is { } limit ? TimeSpan.FromTicks(Math.Max(0, (limit - _clock.Elapsed).Ticks)) : null;

    /// <summary>The best of fresh starts, of cuts of the cell with fewer components, and of what cells of contained structures lead to.</summary>
    /// <param name="structure">The structure.</param>
    /// <param name="count">K.</param>
    /// <param name="smaller">The cell of the same structure with fewer components, or null.</param>
    /// <param name="nested">Cells with as many components under structures that this one contains.</param>
    public SelectionCell Find(CovarianceStructure structure, int count, SelectionCell? smaller, SelectionCell[] nested)
    {
        SelectionCell cell = new() { Structure = structure, Components = count, Status = SelectionStatus.Failed };
        cell = _own is null ? cell : Taken(cell, Try(count, _own with { Covariance = structure }), double.NegativeInfinity);
        GaussianMixtureOptions options = With(Raised(structure, count, _fresh, smaller, nested), cell);
        bool runs = options.Initializers is { Count: > 0 } || options.Contenders.Count > (cell.Fit is null ? 0 : 1);
        return Held(runs ? Taken(cell, Try(count, options), Least(smaller, nested)) : cell, smaller, nested);
    }

    /// <summary>The best of a cell and of what cells that it contains, which have become better, lead to.</summary>
    public SelectionCell Raise(SelectionCell cell, SelectionCell? smaller, SelectionCell[] nested)
    {
        if (cell.Components == 1 || _cancellation.IsCancellationRequested)
        {
            return cell;
        }
        GaussianMixtureOptions options = Raised(cell.Structure, cell.Components, [], smaller, nested);
        return Held(Taken(cell, Try(cell.Components, With(options, cell)), Least(smaller, nested)), smaller, nested);
    }

    /// <summary>The best of a cell and of what the cell with more components leads to when two of them become one.</summary>
    public SelectionCell Lower(SelectionCell cell, SelectionCell larger)
    {
        if (cell.Fit is null || cell.Components == 1 || _cancellation.IsCancellationRequested)
        {
            return cell;
        }
        GaussianMixtureOptions options = _fit with
        {
            Covariance = cell.Structure,
            Race = _fit.Race with { Optimism = 2 * _fit.Race.Optimism },
            Initializers = [],
            Contenders = [.. ComponentMerges.Of(larger.Fit!, cell.Components, _borrowed).Select(start => new Contender<Gaussian>(nameof(SelectionOrigin.Merge), start))],
        };
        return Taken(cell, Try(cell.Components, With(options, cell)), cell.LogLikelihood);
    }

    /// <summary>The same model under another name, as structures are for a single column: its solution, in the other's form.</summary>
    public SelectionCell Restate(CovarianceStructure structure, SelectionCell cell)
    {
        SelectionCell empty = cell with { Structure = structure, Fit = null, Reached = [] };
        if (cell.Fit is null)
        {
            return empty;
        }
        SelectionCell restated = Taken(empty, Try(cell.Components, Only(structure, nameof(SelectionOrigin.Nested), Parameters(cell.Fit))), double.NegativeInfinity);
        return restated with { Reached = cell.Reached, Status = restated.Fit is null ? restated.Status : cell.Status };
    }

    /// <summary>A cell that reached less than what it contains takes that for its start: races are judged with a penalty, and on a sample of many rows.</summary>
    private SelectionCell Held(SelectionCell cell, SelectionCell? smaller, SelectionCell[] nested)
    {
        double least = Least(smaller, nested);
        if (cell.Components == 1 || cell.LogLikelihood >= least - Tolerance(least) || double.IsNegativeInfinity(least) || _cancellation.IsCancellationRequested)
        {
            return cell;
        }
        SelectionCell? inner = nested.FirstOrDefault(other => other.LogLikelihood >= least);
        return inner is not null
            ? Taken(cell, Try(cell.Components, Only(cell.Structure, nameof(SelectionOrigin.Nested), Parameters(inner.Fit!))), least)
            : Taken(cell, Try(cell.Components, Only(cell.Structure, CutInitializer.Origin, SplitInitializer.Doubled(Parameters(smaller!.Fit!), cell.Components))), least);
    }

    private GaussianMixtureOptions Raised(
        CovarianceStructure structure, int count, IReadOnlyList<MixtureInitializer> fresh, SelectionCell? smaller, SelectionCell[] nested)
    {
        IEnumerable<MixtureInitializer> cuts = smaller?.Fit is null ? [] : Enumerable.Range(0, Math.Min(_borrowed, count - 1)).Select(place => new CutInitializer(place));
        MixtureInitializer[] starts = [.. fresh, .. cuts];
        return _fit with
        {
            Covariance = structure,
            Initializers = starts,
            Starts = starts.Length,
            Smaller = smaller?.Fit is { } parent ? Parameters(parent) : null,
            Contenders = [.. nested.Where(_ => count > 1).Select(cell => new Contender<Gaussian>(nameof(SelectionOrigin.Nested), Parameters(cell.Fit!)))],
        };
    }

    /// <summary>The options with a cell's own solution among the starts.</summary>
    private static GaussianMixtureOptions With(GaussianMixtureOptions options, SelectionCell cell) => cell.Fit is null ? options
        : options with { Contenders = [new Contender<Gaussian>(cell.Origin.ToString(), Parameters(cell.Fit)), .. options.Contenders] };

    private GaussianMixtureOptions Only(CovarianceStructure structure, string name, Mixture<Gaussian> start) =>
        _fit with { Covariance = structure, Initializers = [], Contenders = [new Contender<Gaussian>(name, start)] };

    /// <summary>A cell with what a search has found, where that is better.</summary>
    private SelectionCell Taken(SelectionCell cell, CellFit found, double least)
    {
        cell = cell with { Elapsed = cell.Elapsed + found.Elapsed };
        if (found.Fit is not { } fit)
        {
            cell = cell with { Message = cell.Fit is null ? found.Message : cell.Message };
        }
        else
        {
            cell = cell with { Reached = [.. cell.Reached, .. Finished(fit)] };
            if (cell.Fit is null || IsBetter(fit, cell.Fit, least))
            {
                cell = cell with { Fit = fit, Message = null, Origin = OriginOf(fit) };
            }
        }
        return cell with { Status = StatusOf(cell) };
    }

    /// <summary>The objectives of the starts that ran to their end, or so close to the best that they would have ended there.</summary>
    private static IEnumerable<double> Finished(GaussianMixtureFit fit) => fit.Result.Starts
        .Where(start => start.StopReason != StopReason.Failed && (start.StopReason != StopReason.Dropped || SelectionCell.IsSame(start.Objective, fit.Result.Objective)))
        .Select(start => start.Objective);

    private static SelectionOrigin OriginOf(GaussianMixtureFit fit)
    {
        StartReport best = fit.Result.Starts.Where(start => start.StopReason != StopReason.Failed).MinBy(start => Math.Abs(start.Objective - fit.Result.Objective))!;
        return best.Initializer == CutInitializer.Origin ? SelectionOrigin.Split : Enum.TryParse(best.Initializer, out SelectionOrigin origin) ? origin : SelectionOrigin.Race;
    }

    private SelectionStatus StatusOf(SelectionCell cell) => cell.Fit switch
    {
        null => _cancellation.IsCancellationRequested ? SelectionStatus.Cancelled : SelectionStatus.Failed,
        { Result.StopReason: StopReason.Cancelled } => SelectionStatus.Cancelled,
        { Result.Degeneracies.Count: > 0 } => SelectionStatus.Degenerate,
        { Converged: false } => SelectionStatus.NotConverged,
        _ => cell.Agreed > 1 || cell.Components == 1 ? SelectionStatus.Sound : SelectionStatus.Lone,
    };

    /// <summary>The log-likelihood that the cells contained in this one already have.</summary>
    private static double Least(SelectionCell? smaller, SelectionCell[] nested) =>
        nested.Select(cell => cell.LogLikelihood).Append(smaller?.LogLikelihood ?? double.NegativeInfinity).Max();

    /// <summary>
    /// Whether one fit takes the place of another: it must not be degenerate, then hold what contained cells have reached, then have no component on a handful of rows, and
    /// then the higher log-likelihood.
    /// </summary>
    private static bool IsBetter(GaussianMixtureFit fit, GaussianMixtureFit other, double least)
    {
        double tolerance = Tolerance(least);
        bool holds = fit.LogLikelihood >= least - tolerance;
        bool otherHolds = other.LogLikelihood >= least - tolerance;
        (bool degenerate, bool otherDegenerate) = (fit.Result.Degeneracies.Count > 0, other.Result.Degeneracies.Count > 0);
        (bool spurious, bool otherSpurious) = (fit.Result.Suspicions.Count > 0, other.Result.Suspicions.Count > 0);
        return degenerate != otherDegenerate ? otherDegenerate
            : holds != otherHolds ? holds
            : spurious != otherSpurious ? otherSpurious
            : fit.LogLikelihood > other.LogLikelihood + tolerance;
    }

    /// <summary>What two runs to the same solution may differ by.</summary>
    private static double Tolerance(double logLikelihood) => double.IsFinite(logLikelihood) ? 1e-8 * Math.Max(100, Math.Abs(logLikelihood)) : 1e-6;

    private static Mixture<Gaussian> Parameters(GaussianMixture mixture) => new(mixture.Weights.AsSpan(), mixture.Components.AsSpan(), mixture.NoiseWeight);

    // What the data or the model do to one cell is that cell's message; a mistake of ours is not.
    private CellFit Try(int count, GaussianMixtureOptions options)
    {
        TimeSpan begun = _clock.Elapsed;
        try
        {
            GaussianMixtureFit fit = _rows.Fit(count, options with { TimeLimit = Shorter(options.TimeLimit, TimeLeft) }, _cancellation);
            return new CellFit(fit, null, _clock.Elapsed - begun);
        }
        catch (Exception failure) when (failure is NumericalException or DegenerateStartException or MonotonicityException or ArgumentException)
        {
            return new CellFit(null, failure.Message, _clock.Elapsed - begun);
        }
        catch (OperationCanceledException)
        {
            return new CellFit(null, "Cancelled before there was anything to show.", _clock.Elapsed - begun);
        }
    }

    private static TimeSpan? Shorter(TimeSpan? first, TimeSpan? second) => first is null || second < first ? second : first;

    /// <summary>A fit, or why there is none.</summary>
    private readonly record struct CellFit(GaussianMixtureFit? Fit, string? Message, TimeSpan Elapsed);
}
