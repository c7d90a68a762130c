using Latent.Data;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>Reads what <c>--start</c> names: a saved model of the same kind, or a table with one mean per component.</summary>
internal static class Starts
{
    /// <summary>Whether the file is a saved model.</summary>
    public static bool IsModel(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>A saved model of a kind, for the same columns.</summary>
    /// <exception cref="UsageException">It is of another kind, or for other columns.</exception>
    public static FittedModel Model(string path, string kind, IReadOnlyList<string> columns)
    {
        (FittedModel model, _) = SavedModels.Read(path);
        if (model.Kind.Name != kind)
        {
            throw new UsageException($"Expected a start of the model {kind}, found {model.Kind.Name} in {path}. Start from a model of the same kind.");
        }
        return model.Columns.SequenceEqual(columns, StringComparer.Ordinal)
            ? model
            : throw new UsageException($"Expected a start for the columns {string.Join(", ", columns)}, found {string.Join(", ", model.Columns)} in {path}. Choose them with --columns.");
    }

    /// <summary>One mean per row of a table; columns are found by name where the table has the same names, else taken in order.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, has other columns, or misses a value.</exception>
    public static double[][] Means(string path, IReadOnlyList<string> columns)
    {
        using RowTable table = Table(path);
        RowSource rows = table.Rows;
        if (columns.All(name => rows.Schema.IndexOf(name) >= 0))
        {
            rows = rows.Select([.. columns]);
        }
        if (rows.Columns != columns.Count || rows.MissingCells > 0)
        {
            throw new DataFormatException(
                path, $"starting means of {columns.Count} values each ({string.Join(", ", columns)})",
                rows.MissingCells > 0 ? "a missing value" : $"{rows.Columns} columns", "give one line per component");
        }
        double[][] means = new double[rows.Rows][];
        for (int row = 0; row < means.Length; row++)
        {
            means[row] = new double[columns.Count];
            rows.CopyRow(row, means[row]);
        }
        return means;
    }

    /// <summary>The number of components, from <c>-k</c> or from the start.</summary>
    /// <exception cref="UsageException">Neither says it, or they differ.</exception>
    public static int Components(int? asked, int? started, string word) => (asked, started) switch
    {
        (null, null) => throw new UsageException($"Expected -k N, the number of {word}, found none. For example: -k 2."),
        ({ } k, { } start) when k != start => throw new UsageException($"Expected a start of {k} {word}, as -k says, found {start}. Leave out -k, or change the start."),
        ({ } k, _) => k,
        (_, { } start) => start,
    };

    // Means have a header or not; a first line of numbers alone is the first mean.
    private static RowTable Table(string path)
    {
        try
        {
            return DataFiles.Read(path);
        }
        catch (DataFormatException cause) when (cause.Line == 1)
        {
            return DataFiles.Read(path, DataOptions.Default with { HasHeader = false });
        }
    }
}
