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
        Require(table, table.Rows.Schema.Names, $"{kind.Name} does not take missing ones");
    }

    /// <summary>Nothing where some columns have a value in every row.</summary>
    /// <param name="table">The data.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="why">Why that must be so.</param>
    /// <param name="unless">Columns; a row in which one of them is missing may lack the others too.</param>
    /// <exception cref="DataFormatException">Values are missing; names the first.</exception>
    public static void Require(RowTable table, IReadOnlyList<string> columns, string why, params IReadOnlyList<string> unless)
    {
        double[] cells = new double[table.Rows.Columns];
        int[] needed = [.. columns.Select(name => table.Rows.Schema.Require(name))];
        int[] excuses = [.. unless.Select(name => table.Rows.Schema.Require(name))];
        for (long row = 0; row < table.Rows.Rows && table.Rows.HasMissing; row++)
        {
            table.Rows.CopyRow(row, cells);
            if (needed.FirstOrDefault(own => double.IsNaN(cells[own]), -1) is var column and >= 0 && !Array.Exists(excuses, own => double.IsNaN(cells[own])))
            {
                throw new DataFormatException(
                    table.Where(row), $"a value, because {why}",
                    $"none here ({Numbers.Count(table.Rows.MissingCells, "missing value")} in all)", "remove these rows, or leave the column out (--drop)",
                    column: table.Rows.Schema[column].Name);
            }
        }
    }
}
