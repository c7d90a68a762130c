using Latent.Data;

namespace Latent.IO;

/// <summary>What holds for a table from any kind of file.</summary>
internal static class TableChecks
{
    /// <summary>The table with the categories that the options ask for; a column without a value is an error.</summary>
    public static RowTable Apply(RowTable table, DataOptions options)
    {
        if (!table.HasRows)
        {
            return table;
        }
        RowSource rows = table.Rows;
        if (!options.AllowEmptyColumns)
        {
            CheckEmpty(rows, table.Files);
        }
        if (options.TextCells != TextCells.AllCategories)
        {
            return table;
        }
        RowTable coded = table.WithRows(Categorize(rows));
        table.Dispose();
        return coded;
    }

    private static void CheckEmpty(RowSource rows, IReadOnlyList<string> files)
    {
        for (int column = 0; column < rows.Columns; column++)
        {
            if (rows.Summary.MissingIn[column] == rows.Rows)
            {
                throw new DataFormatException(
                    files.Count == 1 ? files[0] : $"{files[0]} to {files[^1]}", "at least one value", "only missing ones", "leave the column out (--drop)", column: rows.Schema[column].Name);
            }
        }
    }

    // Numeric columns become categorical: their levels are the distinct values, in order.
    private static RowSource Categorize(RowSource rows)
    {
        var levels = new LevelSet?[rows.Columns];
        var builder = new RowBuilder(rows.Columns);
        for (int column = 0; column < levels.Length; column++)
        {
            levels[column] = rows.Schema[column].Kind == ColumnKind.Numeric ? new LevelSet() : null;
        }
        for (long row = 0; row < rows.Rows; row++)
        {
            Span<double> cells = builder.Add();
            rows.CopyRow(row, cells);
            for (int column = 0; column < cells.Length; column++)
            {
                if (levels[column] is { } set && !double.IsNaN(cells[column]))
                {
                    cells[column] = set.Code(cells[column]);
                }
            }
        }
        var schema = new Column[rows.Columns];
        for (int column = 0; column < schema.Length; column++)
        {
            schema[column] = rows.Schema[column];
            if (levels[column] is { } set)
            {
                (string[] sorted, int[] place) = set.Sort();
                builder.Transform(column, code => double.IsNaN(code) ? code : place[(int)code]);
                schema[column] = Column.Categorical(rows.Schema[column].Name, sorted);
            }
        }
        RowSource coded = builder.ToRows(new Schema(schema));
        return rows.HasWeights ? coded.WithWeights(rows.Weights) : coded;
    }
}
