using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary>Whether data have the values that a model needs.</summary>
internal static class Completeness
{
    /// <summary>Nothing where the model takes missing values or there are none.</summary>
    /// <exception cref="DataFormatException">Values are missing, and the model does not take that; names the first.</exception>
    public static void Check(ModelKind kind, RowTable table)
    {
        if (kind.Traits.Missing || table.Rows.MissingCells == 0)
        {
            return;
        }
        double[] cells = new double[table.Rows.Columns];
        for (long row = 0; row < table.Rows.Rows; row++)
        {
            table.Rows.CopyRow(row, cells);
            int column = Array.FindIndex(cells, double.IsNaN);
            if (column >= 0)
            {
                throw new DataFormatException(
                    table.Where(row), $"a value, because {kind.Name} does not take missing ones",
                    $"none here ({Numbers.Count(table.Rows.MissingCells, "missing value")} in all)", "remove these rows, or leave the column out (--drop)",
                    column: table.Rows.Schema[column].Name);
            }
        }
    }
}
