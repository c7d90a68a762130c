using Latent.Data;
using Latent.Engine;
using Latent.Factors;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>Mixtures of factor analysers over a grid of uniquenesses, numbers of factors and numbers of components, and the best of them by a criterion.</summary>
/// <remarks>
/// Every cell is a race of fresh starts and of what lies inside it: the solution with fewer components, one of them cut in two, that with fewer factors, and those whose uniquenesses share more; so
/// no cell holds less than the cells it contains.
/// </remarks>
public static class FactorMixtureSelection
{
    /// <summary>Fits every combination and ranks them. The same seed gives the same table, whatever the number of threads.</summary>
    /// <param name="rows">Rows, missing cells NaN: arrays, matrices and tensors convert by themselves.</param>
    /// <param name="components">The numbers of components to try, in any order.</param>
    /// <param name="factors">The numbers of factors to try, in any order; a cell with more than its columns allow says so.</param>
    /// <param name="options">How; null for the defaults: all kinds of uniquenesses, BIC.</param>
    /// <param name="cancellation">Stops early; the table then holds what was done.</param>
    /// <returns>The table. A cell that cannot be fitted says why and never ends the search.</returns>
    /// <exception cref="ArgumentException">No rows, infinite cells, no or repeated numbers, or options out of range.</exception>
    public static FactorMixtureTable Run(
        RowSource rows, IEnumerable<int> components, IEnumerable<int> factors, FactorMixtureSelectionOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        options = (options ?? new FactorMixtureSelectionOptions()).Checked();
        int[] counts = Distinct(components, nameof(components));
        int[] widths = Distinct(factors, nameof(factors));
        RowChecks.RequireValues(rows, "a mixture of factor analysers");
        RowChecks.RequireResolved(ColumnMoments.Summarize(rows, options.Fit));
        Clock clock = new(options.TimeLimit);
        Dictionary<(UniquenessSharing, int, int), FactorMixtureCell> cells = [];
        // What is contained comes first: own uniquenesses contain both others.
        foreach (UniquenessSharing sharing in options.Uniquenesses.OrderByDescending(sharing => sharing != UniquenessSharing.Own))
        {
            for (int q = 0; q < widths.Length; q++)
            {
                for (int k = 0; k < counts.Length && !IsCancelled(options, cancellation); k++)
                {
                    IEnumerable<FactorMixtureCell?> contained =
                    [
                        q > 0 ? cells.GetValueOrDefault((sharing, widths[q - 1], counts[k])) : null,
                        .. sharing == UniquenessSharing.Own ? options.Uniquenesses.Where(other => other != sharing).Select(other => cells.GetValueOrDefault((other, widths[q], counts[k]))) : [],
                    ];
                    FactorMixtureOptions fit = options.Fit with
                    {
                        Uniquenesses = sharing,
                        Smaller = k > 0 && options.Fit.Initializers is null && options.Fit.Trim == 0 ? cells.GetValueOrDefault((sharing, widths[q], counts[k - 1]))?.Fit?.Parameters : null,
                        Contained = [.. contained.Select(cell => cell?.Fit?.Parameters).OfType<Mixture<FactorGaussian>>()],
                        TimeLimit = options.TimeLimit is { } limit ? TimeSpan.FromTicks(Math.Max(0, (limit - clock.Elapsed).Ticks)) : options.Fit.TimeLimit,
                    };
                    cells.Add((sharing, widths[q], counts[k]), Found(rows, counts[k], widths[q], fit, cancellation));
                }
            }
        }
        return new FactorMixtureTable(
            cells.Values.OrderBy(cell => options.Uniquenesses.ToList().IndexOf(cell.Uniquenesses)).ThenBy(cell => cell.Factors).ThenBy(cell => cell.Components), options.Criterion);
    }

    private static FactorMixtureCell Found(RowSource rows, int components, int factors, FactorMixtureOptions fit, CancellationToken cancellation)
    {
        try
        {
            return new FactorMixtureCell(components, factors, fit.Uniquenesses, FactorMixture.Fit(rows, components, factors, fit, cancellation), null);
        }
        catch (Exception failure) when (failure is NumericalException or ArgumentException or OperationCanceledException)
        {
            return new FactorMixtureCell(components, factors, fit.Uniquenesses, null, failure.Message);
        }
    }

    /// <summary>Whether the caller has stopped the search on any rank, so that all stop before the same cell.</summary>
    private static bool IsCancelled(FactorMixtureSelectionOptions options, CancellationToken cancellation)
    {
        double[] stopped = [cancellation.IsCancellationRequested ? 1 : 0];
        options.Fit.Communicator?.Sum(stopped);
        return stopped[0] > 0;
    }

    private static int[] Distinct(IEnumerable<int> numbers, string name)
    {
        ArgumentNullException.ThrowIfNull(numbers, name);
        int[] sorted = [.. numbers.Order()];
        return sorted.Length > 0 && sorted[0] >= 1 && sorted.Distinct().Count() == sorted.Length
            ? sorted
            : throw new ArgumentException($"Expected different numbers of {name} of 1 or more, found {(sorted.Length == 0 ? "none" : string.Join(", ", sorted))}.", name);
    }
}
