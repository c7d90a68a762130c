using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>A fit, or why there is none.</summary>
internal readonly record struct CellFit(GaussianMixtureFit? Fit, string? Message, TimeSpan Elapsed);

/// <summary>Finds the solution of one cell: by a race of its own, and from the solutions of cells that it contains.</summary>
internal sealed class CellSearch
{
    /// <summary>Iterations that every borrowed start is given before the best of them goes on, as in the first stage of a race.</summary>
    private const int ShortIterations = 7;

    /// <summary>Mean variance of the data over that of a component above which few rows make it spurious.</summary>
    private const double Narrow = 1000;

    /// <summary>Borrowed starts that run to convergence.</summary>
    private const int Leaders = 2;

    private readonly RowSource _rows;
    private readonly GaussianMixtureOptions _fit;
    private readonly ComponentSplits _splits;
    private readonly int _splitCount;
    private readonly Clock _clock;
    private readonly TimeSpan? _limit;
    private readonly CancellationToken _cancellation;
    private readonly Covariance _pooled;
    private readonly double _weight;

    public CellSearch(RowSource rows, GaussianMixtureOptions fit, int splits, Clock clock, TimeSpan? limit, CancellationToken cancellation)
    {
        (_rows, _fit, _splitCount, _clock, _limit, _cancellation) = (rows, fit, splits, clock, limit, cancellation);
        ColumnSummary summary = ColumnMoments.Summarize(rows, fit);
        _splits = new ComponentSplits(rows, summary, fit.Seed);
        _weight = summary.Weight;
        _pooled = Try(1, fit with { Covariance = CovarianceStructure.Full }).Fit?.Components[0].Covariance ?? ComponentSplits.Spread(summary);
    }

    /// <summary>What is left of the time for all cells; null without a limit.</summary>
    public TimeSpan? TimeLeft => _limit is { } limit ? TimeSpan.FromTicks(Math.Max(0, (limit - _clock.Elapsed).Ticks)) : null;

    /// <summary>The fit that anyone would make of this cell alone.</summary>
    public SelectionCell Race(CovarianceStructure structure, int count)
    {
        CellFit fresh = Try(count, _fit with { Covariance = structure });
        SelectionCell cell = new()
        {
            Structure = structure,
            Components = count,
            Fit = fresh.Fit,
            Message = fresh.Message,
            Status = SelectionStatus.Failed,
            Elapsed = fresh.Elapsed,
            Reached = [.. Finished(fresh.Fit)],
        };
        return cell with { Status = StatusOf(cell) };
    }

    /// <summary>The best of a cell and of what starts from the cells it contains lead to.</summary>
    /// <param name="cell">The cell as it is.</param>
    /// <param name="smaller">The cell of the same structure with fewer components, or null.</param>
    /// <param name="nested">Cells with as many components under structures that this one contains.</param>
    public SelectionCell Raise(SelectionCell cell, SelectionCell? smaller, SelectionCell[] nested)
    {
        double least = Least(smaller, nested);
        return cell.Components == 1 ? cell : Settle(cell, () => Lead(cell.Structure, cell.Components, smaller, nested), least);
    }

    /// <summary>The best of a cell and of what the cell with more components leads to when two of them become one.</summary>
    public SelectionCell Lower(SelectionCell cell, SelectionCell larger) => cell.Fit is null || cell.Components == 1
        ? cell
        : Settle(cell, () => Best(Merges(cell.Structure, larger.Fit!, cell.Components)).Take(1), cell.LogLikelihood);

    private SelectionCell Settle(SelectionCell cell, Func<IEnumerable<Borrowed>> leaders, double least)
    {
        if (_cancellation.IsCancellationRequested)
        {
            return cell;
        }
        TimeSpan begun = _clock.Elapsed;
        foreach (Borrowed leader in leaders())
        {
            if (Finish(cell.Structure, leader.Fit).Fit is not { } reached)
            {
                continue;
            }
            cell = cell with { Reached = cell.Reached.Add(reached.Result.Objective) };
            if (cell.Fit is null || IsBetter(reached, cell.Fit, least))
            {
                cell = cell with { Fit = reached, Message = null, Origin = leader.Origin };
            }
        }
        return cell with { Status = StatusOf(cell), Elapsed = cell.Elapsed + _clock.Elapsed - begun };
    }

    /// <summary>The same model under another name, as every structure but the tied one is for a single column: its solution, in the other's form.</summary>
    public SelectionCell Restate(CovarianceStructure structure, SelectionCell cell)
    {
        TimeSpan begun = _clock.Elapsed;
        SelectionCell restated = cell with { Structure = structure, Origin = SelectionOrigin.Nested };
        if (cell.Fit is not null)
        {
            (GaussianMixtureFit? fit, string? message, _) = Finish(structure, cell.Fit);
            restated = restated with { Fit = fit, Message = message };
            restated = restated with { Status = fit is null ? StatusOf(restated) : cell.Status };
        }
        return restated with { Elapsed = _clock.Elapsed - begun };
    }

    private static IEnumerable<double> Finished(GaussianMixtureFit? fit) => fit is null
        ? []
        : fit.Result.Starts.Where(start => start.StopReason is not (StopReason.Dropped or StopReason.Failed)).Select(start => start.Objective);

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
    /// Whether one fit takes the place of another: it must hold what contained cells have reached, then have no component on a handful of rows, and
    /// then the higher log-likelihood.
    /// </summary>
    private bool IsBetter(GaussianMixtureFit fit, GaussianMixtureFit other, double least)
    {
        double tolerance = Tolerance(least);
        bool holds = fit.LogLikelihood >= least - tolerance;
        bool otherHolds = other.LogLikelihood >= least - tolerance;
        return holds != otherHolds ? holds
            : IsSpurious(fit) != IsSpurious(other) ? IsSpurious(other)
            : fit.LogLikelihood > other.LogLikelihood + tolerance;
    }

    /// <summary>What two runs to the same solution may differ by.</summary>
    private static double Tolerance(double logLikelihood) => double.IsFinite(logLikelihood) ? 1e-8 * Math.Max(100, Math.Abs(logLikelihood)) : 1e-6;

    /// <summary>
    /// Whether a component lives on fewer than d + 2 rows and is a thousand times narrower than the data in variance: such maxima exist wherever a few
    /// rows happen to lie close together [McLachlan2000].
    /// </summary>
    private bool IsSpurious(GaussianMixtureFit fit)
    {
        int d = fit.Components[0].Dimension;
        for (int k = 0; k < fit.Components.Length; k++)
        {
            Covariance covariance = fit.Components[k].Covariance;
            double narrowness = (GaussianConstants.CollapsePenalty(covariance, _pooled) - covariance.LogDeterminant) / d;
            if (fit.Weights[k] * _weight < d + 2 && narrowness > Narrow)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The most promising starts from other cells after a few iterations, the first at least as good as those cells.</summary>
    private Borrowed[] Lead(CovarianceStructure structure, int count, SelectionCell? smaller, SelectionCell[] nested)
    {
        List<Borrowed> tried = [];
        foreach (SelectionCell cell in nested)
        {
            Add(tried, SelectionOrigin.Nested, structure, Parameters(cell.Fit!));
        }
        if (smaller?.Fit is { } parent)
        {
            GaussianMixture? grown = parent;
            while (grown is not null && grown.Components.Length < count - 1)
            {
                grown = Best(Shorts(structure, grown)).FirstOrDefault().Fit;
            }
            if (grown is not null)
            {
                tried.AddRange(Shorts(structure, grown));
            }
        }
        double least = Least(smaller, nested);
        if (smaller?.Fit is { } same && same.LogLikelihood >= least && !tried.Exists(candidate => candidate.Fit.LogLikelihood >= least))
        {
            Add(tried, SelectionOrigin.Split, structure, ComponentSplits.Doubled(same, count));
        }
        Borrowed[] ranked = Best(tried);
        return [.. ranked.Where(candidate => candidate.Fit.LogLikelihood >= least).Concat(ranked).Distinct().Take(Leaders)];
    }

    private List<Borrowed> Shorts(CovarianceStructure structure, GaussianMixture parent)
    {
        List<Borrowed> tried = [];
        foreach (Mixture<Gaussian> start in _splits.Of(parent, structure, _splitCount))
        {
            Add(tried, SelectionOrigin.Split, structure, start);
        }
        return tried;
    }

    /// <summary>A larger mixture with pairs of its components merged until so many remain, the last pairs one start each.</summary>
    private List<Borrowed> Merges(CovarianceStructure structure, GaussianMixture larger, int count)
    {
        List<Borrowed> tried = [];
        GaussianMixture? current = larger;
        while (current is not null && current.Components.Length > count)
        {
            tried = [];
            foreach (Mixture<Gaussian> start in ComponentMerges.Of(current, structure, _splitCount))
            {
                Add(tried, SelectionOrigin.Merge, structure, start);
            }
            current = Best(tried).FirstOrDefault().Fit;
        }
        return tried;
    }

    private Borrowed[] Best(List<Borrowed> candidates) =>
        [.. candidates.OrderBy(candidate => IsSpurious(candidate.Fit)).ThenByDescending(candidate => candidate.Fit.LogLikelihood)];

    private void Add(List<Borrowed> tried, SelectionOrigin origin, CovarianceStructure structure, Mixture<Gaussian> start)
    {
        GaussianMixtureOptions options = _fit with { Covariance = structure, Start = start, MaxIterations = Math.Min(ShortIterations, _fit.MaxIterations) };
        if (Try(start.Count, options).Fit is { } fit)
        {
            tried.Add(new Borrowed(fit, origin));
        }
    }

    /// <summary>Runs to convergence, and once more where the components did not end in order of weight.</summary>
    private CellFit Finish(CovarianceStructure structure, GaussianMixtureFit begun)
    {
        Mixture<Gaussian> start = Parameters(begun).SortedByWeight();
        CellFit result;
        bool ordered;
        int turns = 0;
        do
        {
            result = Try(start.Count, _fit with { Covariance = structure, Start = start });
            start = result.Fit is { } fit ? Parameters(fit).SortedByWeight() : start;
            ordered = result.Fit is null || start.Weights.SequenceEqual(result.Fit.Weights);
        }
        while (!ordered && ++turns < 3);
        return result;
    }

    private static Mixture<Gaussian> Parameters(GaussianMixture mixture) => new(mixture.Weights.AsSpan(), mixture.Components.AsSpan());

    // What the data or the model do to one cell is that cell's message; a mistake of ours is not.
    private CellFit Try(int count, GaussianMixtureOptions options)
    {
        TimeSpan begun = _clock.Elapsed;
        try
        {
            GaussianMixtureFit fit = GaussianMixture.Fit(_rows, count, options with { TimeLimit = Shorter(options.TimeLimit, TimeLeft) }, _cancellation);
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

    private readonly record struct Borrowed(GaussianMixtureFit Fit, SelectionOrigin Origin);
}
