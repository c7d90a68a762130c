using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>How <see cref="GaussianMixtureSelection"/> searches.</summary>
public sealed record GaussianMixtureSelectionOptions
{
    /// <summary>The covariance structures to try. Default: spherical, diagonal, tied and full; <see cref="CovarianceStructures.All"/> has fourteen.</summary>
    public IReadOnlyList<CovarianceStructure> Structures { get; init; } = CovarianceStructures.Common;

    /// <summary>What decides. Default: BIC.</summary>
    public SelectionCriterion Criterion { get; init; } = SelectionCriterion.Bic;

    /// <summary>Whether to cross-validate although another criterion decides.</summary>
    public bool CrossValidate { get; init; }

    /// <summary>The number of folds of cross-validation. Default 10.</summary>
    public int Folds { get; init; } = 10;

    /// <summary>How likelihood ratios are tested where <see cref="SelectionCriterion.BootstrapLikelihoodRatio"/> decides.</summary>
    public LikelihoodRatioOptions Test { get; init; } = LikelihoodRatioOptions.Default;

    /// <summary>Components of the next smaller solution that are cut in two, each a start of its own. Default 5.</summary>
    public int Splits { get; init; } = 5;

    /// <summary>
    /// How each cell is fitted: starts, race, stopping, seed, threads. Its covariance is replaced by the cell's; it can have no start,
    /// no checkpoint and no progress of its own. Processes of a communicator share the rows of every fit, one cell after the other, and all have the table.
    /// </summary>
    public GaussianMixtureOptions Fit { get; init; } = new();

    /// <summary>The most time for all cells together, or null. What is done by then stands in the table.</summary>
    [field: NotSaved]
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Receives every cell when its first search is done and when it is final, one report at a time, from any thread.</summary>
    [field: NotSaved]
    public IProgress<SelectionProgress>? Progress { get; init; }

    /// <summary>Keeps the searches of cells that are done, so that a search whose process was killed does not do them again; null: nothing is kept.</summary>
    [field: NotSaved]
    public CheckpointOptions? Checkpoint { get; init; }

    internal bool WantsFolds => CrossValidate || Criterion == SelectionCriterion.CrossValidation;

    internal GaussianMixtureSelectionOptions Checked(long rows)
    {
        ArgumentNullException.ThrowIfNull(Structures);
        ArgumentNullException.ThrowIfNull(Fit);
        ArgumentOutOfRangeException.ThrowIfNegative(Splits);
        Test.Checked();
        if (Structures.Count == 0 || Structures.Distinct().Count() != Structures.Count)
        {
            throw new ArgumentException($"Expected different covariance structures, at least one, found {(Structures.Count == 0 ? "none" : string.Join(", ", Structures))}.", nameof(Structures));
        }
        if (Fit.Start is not null || Fit.StartLabels is not null || Fit.StartMeans is not null)
        {
            throw new ArgumentException("Expected no start, because one start cannot serve different numbers of components, found one. Leave it out.", nameof(Fit));
        }
        if (Fit.Checkpoint is not null)
        {
            throw new ArgumentException($"Expected a checkpoint of the whole search, found one of each fit. Set {nameof(Checkpoint)} beside {nameof(Fit)}.", nameof(Fit));
        }
        Checkpoint?.Checked();
        if (WantsFolds && (Folds < 2 || Folds > rows))
        {
            throw new ArgumentOutOfRangeException(nameof(Folds), Folds, $"Expected from 2 folds to {rows}, the number of rows.");
        }
        return this;
    }
}

/// <summary>How far a search is.</summary>
/// <param name="Cell">The cell that came last, as it is so far.</param>
/// <param name="Done">Steps done.</param>
/// <param name="Total">Steps in all: two for each cell, one for a cell that is the same model as another.</param>
/// <param name="Elapsed">Time since the search began.</param>
public readonly record struct SelectionProgress(SelectionCell Cell, int Done, int Total, TimeSpan Elapsed);
