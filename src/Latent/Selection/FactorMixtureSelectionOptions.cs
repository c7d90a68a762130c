using Latent.Factors;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>How <see cref="FactorMixtureSelection"/> searches.</summary>
public sealed record FactorMixtureSelectionOptions
{
    /// <summary>What the uniquenesses may be. Default: all three.</summary>
    public IReadOnlyList<UniquenessSharing> Uniquenesses { get; init; } = [UniquenessSharing.Own, UniquenessSharing.Common, UniquenessSharing.Isotropic];

    /// <summary>What decides: AIC, AICc, BIC or ICL. Default: BIC.</summary>
    public SelectionCriterion Criterion { get; init; } = SelectionCriterion.Bic;

    /// <summary>How each cell is fitted. Its uniquenesses are replaced by the cell's; it can have no start and no checkpoint.</summary>
    public FactorMixtureOptions Fit { get; init; } = new();

    /// <summary>The most time for all cells together, or null. What is done by then stands in the table.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal FactorMixtureSelectionOptions Checked()
    {
        if (Uniquenesses.Count == 0 || Uniquenesses.Distinct().Count() != Uniquenesses.Count)
        {
            throw new ArgumentException($"Expected different kinds of uniquenesses, at least one, found {(Uniquenesses.Count == 0 ? "none" : string.Join(", ", Uniquenesses))}.", nameof(Uniquenesses));
        }
        if (Fit.Start is not null || Fit.StartLabels is not null || Fit.StartMeans is not null || Fit.Smaller is not null || Fit.Checkpoint is not null || Fit.Annihilate)
        {
            throw new ArgumentException("Expected no start, no checkpoint and no annihilation, because one cannot serve different numbers of components, found one. Leave it out.", nameof(Fit));
        }
        if (Criterion is SelectionCriterion.CrossValidation or SelectionCriterion.BootstrapLikelihoodRatio)
        {
            throw new ArgumentOutOfRangeException(nameof(Criterion), Criterion, "Expected Aic, Aicc, Bic or Icl.");
        }
        return this;
    }
}
