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
    private readonly SelectionSteps _known;
    private readonly CrossValidation? _validation;
    private readonly Clock _clock;
    private readonly bool _isSingleColumn;
    private readonly CancellationToken _cancellation;
    private readonly SemaphoreSlim _gate;
    private readonly ICommunicator? _ranks;
    private readonly CancellationTokenSource _agreed = new();
    private readonly Lock _progress = new();
    private int _steps;
    private int _done;

    public SelectionRun(RowSource rows, int[] counts, GaussianMixtureSelectionOptions options, SelectionSteps known, Clock clock, CancellationToken cancellation)
    {
        (_counts, _options, _known, _clock, _cancellation) = (counts, options, known, clock, cancellation);
        _isSingleColumn = rows.Columns == 1;

        // Few chunks leave threads without work inside a fit, and cells share them; many chunks occupy all threads, one cell at a time.
        int threads = options.Fit.ThreadCount;
        // Ranks take part in every sum together: for them cells come in one order, and a caller who stops one rank stops all between two searches.
        _ranks = options.Fit.Communicator is { Size: > 1 } ranks ? ranks : null;
        bool sideBySide = rows.ChunkCount < threads && _ranks is null;
        _gate = new SemaphoreSlim(sideBySide ? threads : 1);
        GaussianMixtureOptions fit = options.Fit with { Threads = sideBySide ? 1 : threads, Progress = null };
        _search = new CellSearch(rows, counts, options, fit, clock, _ranks is null ? cancellation : _agreed.Token);
        _validation = options.WantsFolds ? new CrossValidation(rows, options.Folds, fit with { Communicator = null }) : null;
    }

    public SelectionTable Run()
    {
        Dictionary<(CovarianceStructure, int), Cell> cells = [];
        _steps = _options.Structures.Sum(structure => _counts.Length * (TwinOf(structure) is null ? 2 : 1));
        foreach (CovarianceStructure structure in _options.Structures.OrderBy(StructureOrder.Rank))
        {
            Climb(structure, cells);
        }
        Task<SelectionCell>[] finished = [.. cells.Values.Select(cell => FinishAsync(cell.Final!))];
        Task.WhenAll(finished).GetAwaiter().GetResult();
        IEnumerable<SelectionCell> found = finished.Select(task => task.Result)
            .OrderBy(cell => _options.Structures.ToList().IndexOf(cell.Structure)).ThenBy(cell => cell.Components);
        return new SelectionTable(found, _options.Criterion, _clock.Elapsed);
    }

    /// <summary>One structure: up by splits, down by merges, and up again where a merge has found something better.</summary>
    private void Climb(CovarianceStructure structure, Dictionary<(CovarianceStructure, int), Cell> cells)
    {
        Cell[] chain = [.. _counts.Select(count => new Cell(structure, count))];
        Task<SelectionCell?> none = Task.FromResult<SelectionCell?>(null);
        for (int i = 0; i < chain.Length; i++)
        {
            Cell cell = chain[i];
            cell.Nested = [.. StructureOrder.Largest(structure, _options.Structures).Select(inner => cells[(inner, cell.Count)])];
            cell.Twin = TwinOf(structure) is { } twin ? cells[(twin, cell.Count)] : null;
            if (cell.Twin is { } same)
            {
                cell.First = same.First;
            }
            else
            {
                cell.Smaller = i > 0 ? chain[i - 1].Usable! : none;
                cell.First = FirstAsync(cell);
                cell.Usable = UsableAsync(cell.First, cell.Smaller);
            }
            cells.Add((structure, cell.Count), cell);
        }
        Task<SelectionCell?> larger = none;
        foreach (Cell cell in chain.Reverse().Where(cell => cell.Twin is null))
        {
            cell.Lowered = LowerAsync(cell.First!, larger);
            larger = UsableAsync(cell.Lowered, larger);
        }
        Task<SelectionCell?> smaller = none;
        foreach (Cell cell in chain)
        {
            cell.Final = cell.Twin is { } twin ? RestateAsync(structure, twin.Final!) : FinalAsync(cell, smaller);
            smaller = UsableAsync(cell.Final, smaller);
        }
    }

    /// <summary>The structure that is the same model for a single column and has its cells already; null where there is none.</summary>
    private CovarianceStructure? TwinOf(CovarianceStructure structure) => !_isSingleColumn ? null : _options.Structures
        .Where(other => other.Decomposition().Volume == structure.Decomposition().Volume && StructureOrder.Rank(other) < StructureOrder.Rank(structure))
        .OrderBy(StructureOrder.Rank).Cast<CovarianceStructure?>().FirstOrDefault();

    private async Task<SelectionCell> RestateAsync(CovarianceStructure structure, Task<SelectionCell> same)
    {
        SelectionCell cell = await same.ConfigureAwait(false);
        return await Guarded("restate", structure, cell.Components, () => _search.Restate(structure, cell)).ConfigureAwait(false);
    }

    private async Task<SelectionCell> FirstAsync(Cell cell)
    {
        SelectionCell? smaller = await cell.Smaller!.ConfigureAwait(false);
        SelectionCell[] nested = await AllAsync(cell.Nested, inner => inner.First!).ConfigureAwait(false);
        SelectionCell found = await Guarded("find", cell.Structure, cell.Count, () => _search.Find(cell.Structure, cell.Count, smaller, nested)).ConfigureAwait(false);
        Report(found);
        return found;
    }

    private async Task<SelectionCell> LowerAsync(Task<SelectionCell> first, Task<SelectionCell?> larger)
    {
        SelectionCell cell = await first.ConfigureAwait(false);
        return await larger.ConfigureAwait(false) is { } above && IsUsable(cell)
            ? await Guarded("lower", cell.Structure, cell.Components, () => _search.Lower(cell, above)).ConfigureAwait(false)
            : cell;
    }

    // A cell whose neighbours are what they were when it was found has nothing to gain from them.
    private async Task<SelectionCell> FinalAsync(Cell cell, Task<SelectionCell?> smaller)
    {
        SelectionCell lowered = await cell.Lowered!.ConfigureAwait(false);
        SelectionCell? below = await smaller.ConfigureAwait(false);
        SelectionCell? before = await cell.Smaller!.ConfigureAwait(false);
        SelectionCell[] nested = await AllAsync(cell.Nested, inner => inner.Final!).ConfigureAwait(false);
        SelectionCell[] known = await AllAsync(cell.Nested, inner => inner.First!).ConfigureAwait(false);
        below = ReferenceEquals(below?.Fit, before?.Fit) ? null : below;
        nested = [.. nested.Where(inner => !Array.Exists(known, then => ReferenceEquals(then.Fit, inner.Fit)))];
        return below is null && nested.Length == 0
            ? lowered
            : await Guarded("raise", cell.Structure, cell.Count, () => _search.Raise(lowered, below, nested)).ConfigureAwait(false);
    }

    private static async Task<SelectionCell[]> AllAsync(Cell[] cells, Func<Cell, Task<SelectionCell>> stage) =>
        [.. (await Task.WhenAll(cells.Select(stage)).ConfigureAwait(false)).Where(IsUsable)];

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
            cell = await Guarded("validate", cell.Structure, cell.Components, () => Validate(cell)).ConfigureAwait(false);
        }
        Report(cell);
        return cell;
    }

    private void Report(SelectionCell cell)
    {
        lock (_progress)
        {
            _done++;
            _options.Progress?.Report(new SelectionProgress(cell, _done, _steps, _clock.Elapsed));
        }
    }

    private SelectionCell Validate(SelectionCell cell)
    {
        TimeSpan begun = _clock.Elapsed;
        (double score, string? message) = _validation!.Score(cell.Fit!, _search.TimeLeft, _cancellation);
        return cell with { CrossValidated = score, Message = message ?? cell.Message, Elapsed = cell.Elapsed + _clock.Elapsed - begun };
    }

    /// <summary>A cell on its way: found from fresh starts and the cells it contains, lowered from the next larger one, raised again.</summary>
    private sealed class Cell(CovarianceStructure structure, int count)
    {
        public CovarianceStructure Structure => structure;

        public int Count => count;

        public Cell[] Nested { get; set; } = [];

        /// <summary>The cell that is the same model, for a single column.</summary>
        public Cell? Twin { get; set; }

        public Task<SelectionCell?>? Smaller { get; set; }

        public Task<SelectionCell>? First { get; set; }

        public Task<SelectionCell?>? Usable { get; set; }

        public Task<SelectionCell>? Lowered { get; set; }

        public Task<SelectionCell>? Final { get; set; }
    }

    private Task<SelectionCell> Guarded(string name, CovarianceStructure structure, int components, Func<SelectionCell> search) => _ranks is null
        ? InTurn(name, structure, components, search)
        : Task.FromResult(WithRanks(_ranks, name, structure, components, search));

    private SelectionCell WithRanks(ICommunicator ranks, string name, CovarianceStructure structure, int components, Func<SelectionCell> search)
    {
        double[] stopped = [_cancellation.IsCancellationRequested ? 1 : 0];
        ranks.Sum(stopped);
        if (stopped[0] > 0)
        {
            _agreed.Cancel();
        }
        return _known.Do(name, structure, components, search);
    }

    private Task<SelectionCell> InTurn(string name, CovarianceStructure structure, int components, Func<SelectionCell> search) => Task.Run(async () =>
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            return _known.Do(name, structure, components, search);
        }
        finally
        {
            _gate.Release();
        }
    });
}
