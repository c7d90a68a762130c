using Latent.Data;
using Latent.Engine;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>
/// The cells of one search as tasks that wait for the cells they start from. What a cell finds depends on these and on the seed alone, so that the
/// order in which tasks happen to run plays no part.
/// </summary>
internal sealed class SelectionRun
{
    private readonly int[] _counts;
    private readonly GaussianMixtureSelectionOptions _options;
    private readonly CellSearch _search;
    private readonly CrossValidation? _validation;
    private readonly Clock _clock;
    private readonly bool _isSingleColumn;
    private readonly CancellationToken _cancellation;
    private readonly SemaphoreSlim _gate;
    private readonly Lock _progress = new();
    private int _done;

    public SelectionRun(RowSource rows, int[] counts, GaussianMixtureSelectionOptions options, CancellationToken cancellation)
    {
        (_counts, _options, _cancellation) = (counts, options, cancellation);
        _clock = new Clock(options.TimeLimit);
        _isSingleColumn = rows.Columns == 1;

        // Few chunks leave threads without work inside a fit, and cells share them; many chunks occupy all threads, one cell at a time.
        int threads = options.Fit.ThreadCount;
        bool sideBySide = rows.ChunkCount < threads;
        _gate = new SemaphoreSlim(sideBySide ? threads : 1);
        GaussianMixtureOptions fit = options.Fit with { Threads = sideBySide ? 1 : threads, Progress = null };
        _search = new CellSearch(rows, fit, options.Splits, _clock, options.TimeLimit, cancellation);
        _validation = options.WantsFolds ? new CrossValidation(rows, options.Folds, fit) : null;
    }

    public SelectionTable Run()
    {
        Dictionary<(CovarianceStructure, int), Task<SelectionCell>> found = [];
        List<Task<SelectionCell>> finished = [];
        foreach (CovarianceStructure structure in _options.Structures.OrderBy(Breadth))
        {
            Task<SelectionCell?> smaller = Task.FromResult<SelectionCell?>(null);
            foreach (int count in _counts)
            {
                Task<SelectionCell>[] nested = [.. Nested(structure).Where(inner => found.ContainsKey((inner, count))).Select(inner => found[(inner, count)])];
                Task<SelectionCell> search = _isSingleColumn && Twin(structure, count) is { } twin
                    ? RestateAsync(structure, twin)
                    : SearchAsync(structure, count, smaller, nested);
                smaller = UsableAsync(search, smaller);
                found.Add((structure, count), search);
                finished.Add(FinishAsync(search));
            }
        }
        Task<SelectionCell>? Twin(CovarianceStructure structure, int count) => Nested(structure)
            .Where(inner => inner != CovarianceStructure.Tied)
            .Select(inner => found.GetValueOrDefault((inner, count)))
            .FirstOrDefault(task => task is not null);

        Task.WhenAll(finished).GetAwaiter().GetResult();
        IEnumerable<SelectionCell> cells = finished.Select(task => task.Result)
            .OrderBy(cell => _options.Structures.ToList().IndexOf(cell.Structure)).ThenBy(cell => cell.Components);
        return new SelectionTable(cells, _options.Criterion, _clock.Elapsed);
    }

    /// <summary>The structures that are special cases of one.</summary>
    private static CovarianceStructure[] Nested(CovarianceStructure structure) => structure switch
    {
        CovarianceStructure.Diagonal => [CovarianceStructure.Spherical],
        CovarianceStructure.Full => [CovarianceStructure.Spherical, CovarianceStructure.Diagonal, CovarianceStructure.Tied],
        _ => [],
    };

    private static int Breadth(CovarianceStructure structure) => Nested(structure).Length;

    private async Task<SelectionCell> RestateAsync(CovarianceStructure structure, Task<SelectionCell> same)
    {
        SelectionCell cell = await same.ConfigureAwait(false);
        return await Guarded(() => _search.Restate(structure, cell)).ConfigureAwait(false);
    }

    private async Task<SelectionCell> SearchAsync(CovarianceStructure structure, int count, Task<SelectionCell?> smaller, Task<SelectionCell>[] nested)
    {
        CellFit fresh = await Guarded(() => _search.Race(structure, count)).ConfigureAwait(false);
        SelectionCell? parent = await smaller.ConfigureAwait(false);
        SelectionCell[] inner = [.. (await Task.WhenAll(nested).ConfigureAwait(false)).Where(IsUsable)];
        return await Guarded(() => _search.Improve(structure, count, fresh, parent, inner)).ConfigureAwait(false);
    }

    /// <summary>The cell to split next: this one, or the last before it that others can start from.</summary>
    private static async Task<SelectionCell?> UsableAsync(Task<SelectionCell> search, Task<SelectionCell?> smaller)
    {
        SelectionCell cell = await search.ConfigureAwait(false);
        return IsUsable(cell) ? cell : await smaller.ConfigureAwait(false);
    }

    private static bool IsUsable(SelectionCell cell) => cell.Fit is not null && cell.Status is not (SelectionStatus.Degenerate or SelectionStatus.Cancelled);

    private async Task<SelectionCell> FinishAsync(Task<SelectionCell> search)
    {
        SelectionCell cell = await search.ConfigureAwait(false);
        if (_validation is not null && cell.Fit is not null)
        {
            cell = await Guarded(() => Validate(cell)).ConfigureAwait(false);
        }
        lock (_progress)
        {
            _done++;
            _options.Progress?.Report(new SelectionProgress(cell, _done, _counts.Length * _options.Structures.Count, _clock.Elapsed));
        }
        return cell;
    }

    private SelectionCell Validate(SelectionCell cell)
    {
        TimeSpan begun = _clock.Elapsed;
        (double score, string? message) = _validation!.Score(cell.Fit!, _search.TimeLeft, _cancellation);
        return cell with { CrossValidated = score, Message = message ?? cell.Message, Elapsed = cell.Elapsed + _clock.Elapsed - begun };
    }

    private Task<T> Guarded<T>(Func<T> work) => Task.Run(async () =>
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            return work();
        }
        finally
        {
            _gate.Release();
        }
    });
}
