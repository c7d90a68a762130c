using System.CommandLine;
using Latent.Cli.Models;
using Latent.Data;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary>Reads data for a saved model: its columns are found by name, in whatever order and company they stand.</summary>
internal static class ModelData
{
    /// <summary>The data with exactly the model's columns. Without names of their own, columns are taken in order.</summary>
    /// <exception cref="DataFormatException">A column of the model is not there, or misses values that the model needs.</exception>
    public static (RowTable Table, RowSource Rows) Read(DataArguments data, ParseResult parsed, Terminal terminal, FittedModel model)
    {
        IReadOnlyList<string> columns = model.Columns;
        if (data.Sequence(parsed) is not null && !model.Kind.Traits.Sequences)
        {
            throw new UsageException($"Expected --sequence with a model of sequences, found it with {model.Kind.Name}. Leave it out.");
        }
        string[]? chosen = data.Columns(parsed);
        if (chosen is not null && chosen.Length != columns.Count)
        {
            throw new UsageException($"Expected {columns.Count} names for --columns, in the order of the model's columns ({string.Join(", ", columns)}), found {chosen.Length}.");
        }
        bool byPosition = chosen is null && data.IsNameless(parsed);
        DataOptions options = data.ToOptions(parsed, terminal) with
        {
            Columns = chosen ?? (byPosition ? null : columns),
            AllowEmptyColumns = true,
        };
        RowTable table = DataFiles.Read(data.Paths(parsed), model.Prepare(options));
        if (table.Rows.Columns != columns.Count)
        {
            table.Dispose();
            throw new DataFormatException(
                string.Join(", ", table.Files), $"{columns.Count} columns like the model's ({string.Join(", ", columns)})", table.Rows.Columns.ToString(), "choose them with --columns");
        }
        Completeness.Check(model.Kind, table);
        return (table, table.Rows.WithNames(columns));
    }
}
