using Latent.Data;
using Latent.Selection;

namespace Latent.Snippets;

/// <summary>The example of the guide to selection.</summary>
public static class ChooseModel
{
    /// <summary>All structures with one to six components.</summary>
    public static SelectionTable Run(RowSource rows)
    {
        #region select
        SelectionTable table = GaussianMixtureSelection.Run(rows, Enumerable.Range(1, 6));
        foreach (SelectionCell cell in table.Where(cell => cell.Status != SelectionStatus.Sound))
        {
            Console.WriteLine($"{cell.Structure}, {cell.Components}: {cell.Status}");
        }
        Console.WriteLine($"Best: {table.Best?.Structure}, {table.Best?.Components}");
        #endregion
        return table;
    }
}
