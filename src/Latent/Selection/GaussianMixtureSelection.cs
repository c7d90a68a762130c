using Latent.Data;
using Latent.Engine;
using Latent.Engine.Checkpoints;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>Gaussian mixtures over a grid of covariance structures and numbers of components, and the best of them by a criterion.</summary>
/// <remarks>
/// Every cell is a race of starts that lead on from its neighbours, the solution with fewer components with one of them cut in two and the solutions of the structures that are special cases of its
/// own, and of a few fresh ones, whose partitions all structures share; so no cell holds less than the cells it contains. With <see cref="MixtureOptions{TComponent}.Starts"/>
/// or initialisers of one's own the fresh ones are those that <see cref="GaussianMixture.Fit(RowSource, int, GaussianMixtureOptions?, CancellationToken)"/> makes with the same options.
/// </remarks>
public static class GaussianMixtureSelection
{
    /// <summary>Fits every combination and ranks them. The same seed gives the same table, whatever the number of threads.</summary>
    /// <param name="rows">Complete rows: arrays, matrices and tensors convert by themselves.</param>
    /// <param name="components">The numbers of components to try, in any order.</param>
    /// <param name="options">How; null for the defaults: all structures, BIC.</param>
    /// <param name="cancellation">Stops early; the table then holds what was done.</param>
    /// <returns>The table. A cell that cannot be fitted says why and never ends the search.</returns>
    /// <exception cref="CheckpointException">The checkpoint that it should resume from is damaged, or of another search.</exception>
    /// <exception cref="ArgumentException">No rows, missing or infinite cells, no or repeated numbers of components, or options out of range.</exception>
    public static SelectionTable Run(
        RowSource rows, IEnumerable<int> components, GaussianMixtureSelectionOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(components);
        options = (options ?? new GaussianMixtureSelectionOptions()).Checked(rows.Rows);
        int[] counts = [.. components.Order()];
        if (counts.Length == 0 || counts[0] < 1 || counts.Distinct().Count() != counts.Length)
        {
            throw new ArgumentException($"Expected different numbers of components of 1 or more, found {(counts.Length == 0 ? "none" : string.Join(", ", counts))}.", nameof(components));
        }
        RowChecks.RequireValues(rows, "a Gaussian mixture");
        RowChecks.RequireResolved(ColumnMoments.Summarize(rows, options.Fit));
        Clock clock = new(options.TimeLimit);
        using Checkpointer? checkpoints = Checkpointer.Open(
            options.Checkpoint,
            () => Fingerprint.Of("selection among Gaussian mixtures", options).With("components", counts),
            rows,
            (options.Fit.ThreadCount, options.Fit.Communicator),
            clock,
            cancellation);
        SelectionSteps steps = new(rows, options.Fit, checkpoints, clock, cancellation);
        SelectionTable table = new SelectionRun(rows, counts, options, steps, clock, cancellation).Run();
        checkpoints?.Save(steps.Cut ?? StopReason.Converged);
        return options.Criterion != SelectionCriterion.BootstrapLikelihoodRatio
            ? table
            : new SelectionTable(SequentialTests.Apply(table, rows, options with { Fit = options.Fit with { Communicator = null } }, clock, cancellation), options.Criterion, clock.Elapsed);
    }

    /// <summary>Runs <see cref="Run"/> on the thread pool.</summary>
    /// <inheritdoc cref="Run"/>
    public static Task<SelectionTable> RunAsync(
        RowSource rows, IEnumerable<int> components, GaussianMixtureSelectionOptions? options = null, CancellationToken cancellation = default) =>
        Task.Run(() => Run(rows, components, options, cancellation), CancellationToken.None);
}
