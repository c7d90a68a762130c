using System.Collections;
using System.Collections.Immutable;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>Every combination of covariance structure and number of components that was tried, by structure and then by number.</summary>
public sealed class SelectionTable : IReadOnlyList<SelectionCell>
{
    private readonly ImmutableArray<SelectionCell> _cells;

    internal SelectionTable(IEnumerable<SelectionCell> cells, SelectionCriterion criterion, TimeSpan elapsed)
    {
        _cells = [.. cells];
        Criterion = criterion;
        Elapsed = elapsed;
        Structures = [.. _cells.Select(cell => cell.Structure).Distinct()];
        Components = [.. _cells.Select(cell => cell.Components).Distinct().Order()];
        Best = BestBy(criterion);
    }

    /// <summary>The structures, in the order asked for.</summary>
    public ImmutableArray<CovarianceStructure> Structures { get; }

    /// <summary>The numbers of components, ascending.</summary>
    public ImmutableArray<int> Components { get; }

    /// <summary>What decided.</summary>
    public SelectionCriterion Criterion { get; }

    /// <summary>The best cell by <see cref="Criterion"/>; null where no cell has a fit.</summary>
    public SelectionCell? Best { get; }

    /// <summary>Time the search took.</summary>
    public TimeSpan Elapsed { get; }

    /// <inheritdoc/>
    public int Count => _cells.Length;

    /// <inheritdoc/>
    public SelectionCell this[int index] => _cells[index];

    /// <summary>The cell of a structure and a number of components.</summary>
    /// <exception cref="KeyNotFoundException">The cell was not asked for.</exception>
    public SelectionCell this[CovarianceStructure structure, int components] =>
        _cells.FirstOrDefault(cell => cell.Structure == structure && cell.Components == components)
        ?? throw new KeyNotFoundException($"Expected one of {string.Join(", ", Structures)} with {string.Join(", ", Components)} components, found {structure} with {components}.");

    /// <summary>
    /// The cell with the least value of a criterion; of equal ones that with fewer parameters. Degenerate cells count only where there are no others;
    /// cells without a value never do.
    /// </summary>
    public SelectionCell? BestBy(SelectionCriterion criterion) => _cells
        .Where(cell => double.IsFinite(cell.Value(criterion)))
        .OrderBy(cell => cell.Status is SelectionStatus.Degenerate or SelectionStatus.Cancelled)
        .ThenBy(cell => cell.Value(criterion))
        .ThenBy(cell => cell.FreeParameters)
        .FirstOrDefault();

    /// <inheritdoc/>
    public IEnumerator<SelectionCell> GetEnumerator() => ((IEnumerable<SelectionCell>)_cells).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
