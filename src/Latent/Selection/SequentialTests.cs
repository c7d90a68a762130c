using Latent.Data;
using Latent.Engine;

namespace Latent.Selection;

/// <summary>Tests of ever more components, structure by structure, until one more is not significantly better.</summary>
internal static class SequentialTests
{
    /// <summary>The cells with their tests and the choice of each structure. Time or the caller may end it; what was tested by then stands.</summary>
    public static IReadOnlyList<SelectionCell> Apply(
        IReadOnlyList<SelectionCell> cells, RowSource rows, GaussianMixtureSelectionOptions options, Clock clock, CancellationToken cancellation)
    {
        SelectionCell[] tested = [.. cells];
        foreach (IGrouping<object, int> structure in Enumerable.Range(0, tested.Length).GroupBy(index => (object)tested[index].Structure))
        {
            int[] chain = [.. structure.Where(index => IsSound(tested[index])).OrderBy(index => tested[index].Components)];
            for (int place = 0; place < chain.Length; place++)
            {
                ref SelectionCell cell = ref tested[chain[place]];
                if (place == chain.Length - 1)
                {
                    cell = cell with { IsTestChoice = true };
                    break;
                }
                if (cancellation.IsCancellationRequested || clock.IsUp)
                {
                    cell = cell with { Message = "There was no time to test whether more components are better." };
                    break;
                }
                try
                {
                    cell = cell with { Test = LikelihoodRatioTest.Run(rows, cell.Fit!, tested[chain[place + 1]].Fit!, options.Fit, options.Test, cancellation) };
                }
                catch (OperationCanceledException)
                {
                    continue;
                }
                if (!(cell.Test.PValue <= options.Test.Level))
                {
                    cell = cell with { IsTestChoice = true };
                    break;
                }
            }
        }
        return tested;
    }

    private static bool IsSound(SelectionCell cell) => cell.Fit is not null && cell.Status is not (SelectionStatus.Degenerate or SelectionStatus.Cancelled);
}
