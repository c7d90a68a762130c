using System.Collections;
using System.Collections.Immutable;
using Latent.Factors;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>One cell of a <see cref="FactorMixtureTable"/>.</summary>
/// <param name="Components">K.</param>
/// <param name="Factors">q.</param>
/// <param name="Uniquenesses">What the uniquenesses are.</param>
/// <param name="Fit">The fit; null where there is none.</param>
/// <param name="Message">Why there is no fit; null where there is one.</param>
public sealed record FactorMixtureCell(int Components, int Factors, UniquenessSharing Uniquenesses, MixtureFit<FactorGaussian>? Fit, string? Message)
{
    /// <summary>The cell's value under a criterion, lower is better; NaN without a fit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The criterion is not AIC, AICc, BIC or ICL.</exception>
    public double Value(SelectionCriterion criterion) => Fit is null ? double.NaN : Criteria.Of(Fit, criterion);
}

/// <summary>Every combination of uniquenesses, number of factors and number of components that was tried, in this order.</summary>
public sealed class FactorMixtureTable : IReadOnlyList<FactorMixtureCell>
{
    private readonly ImmutableArray<FactorMixtureCell> _cells;

    internal FactorMixtureTable(IEnumerable<FactorMixtureCell> cells, SelectionCriterion criterion)
    {
        _cells = [.. cells];
        Criterion = criterion;
        Best = BestBy(criterion);
    }

    /// <summary>What decided.</summary>
    public SelectionCriterion Criterion { get; }

    /// <summary>The best cell by <see cref="Criterion"/>; null where no cell has a fit.</summary>
    public FactorMixtureCell? Best { get; }

    /// <inheritdoc/>
    public int Count => _cells.Length;

    /// <inheritdoc/>
    public FactorMixtureCell this[int index] => _cells[index];

    /// <summary>The cell of so many components and factors with such uniquenesses.</summary>
    /// <exception cref="KeyNotFoundException">It was not asked for.</exception>
    public FactorMixtureCell this[int components, int factors, UniquenessSharing uniquenesses] =>
        _cells.FirstOrDefault(cell => cell.Components == components && cell.Factors == factors && cell.Uniquenesses == uniquenesses)
        ?? throw new KeyNotFoundException($"Expected one of the {Count} cells, found {components} components of {factors} factors with uniquenesses {uniquenesses}.");

    /// <summary>The cell with the least value of a criterion, of equal ones that with fewer parameters. Fits with a component on a bound count only where there are no others.</summary>
    public FactorMixtureCell? BestBy(SelectionCriterion criterion) => _cells
        .Where(cell => double.IsFinite(cell.Value(criterion)))
        .OrderBy(cell => cell.Fit!.Result.Degeneracies.Count > 0)
        .ThenBy(cell => cell.Value(criterion))
        .ThenBy(cell => cell.Fit!.FreeParameters)
        .FirstOrDefault();

    /// <inheritdoc/>
    public IEnumerator<FactorMixtureCell> GetEnumerator() => ((IEnumerable<FactorMixtureCell>)_cells).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
