using System.Globalization;
using Latent.Data;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>New data in the categories of a model.</summary>
internal static class CategoryCodes
{
    /// <summary>The rows with every categorical column as codes of the model's levels; the same rows where it has none.</summary>
    /// <param name="rows">Rows with the model's columns, categories by whatever codes they were read with, or as numbers.</param>
    /// <param name="schema">The model's columns; null: all are numbers.</param>
    /// <exception cref="DataFormatException">A category that the model does not know.</exception>
    public static RowSource Of(RowSource rows, Schema? schema)
    {
        if (schema is not { HasCategories: true })
        {
            return rows;
        }
        double[] cells = new double[checked(rows.Rows * rows.Columns)];
        Dictionary<string, int>?[] codes = [.. schema.Select(column => column.Kind == ColumnKind.Categorical ? column.Levels.Select((level, code) => (level, code)).ToDictionary(pair => pair.level, pair => pair.code) : null)];
        for (long row = 0; row < rows.Rows; row++)
        {
            Span<double> target = cells.AsSpan((int)row * rows.Columns, rows.Columns);
            rows.CopyRow(row, target);
            for (int column = 0; column < target.Length; column++)
            {
                if (codes[column] is { } known && !double.IsNaN(target[column]))
                {
                    string text = rows.Schema[column].Kind == ColumnKind.Categorical ? rows.Schema[column].Levels[(int)target[column]] : target[column].ToString("R", CultureInfo.InvariantCulture);
                    target[column] = known.TryGetValue(text, out int code)
                        ? code
                        : throw new DataFormatException(
                            "the data", $"one of {string.Join(", ", schema[column].Levels.Take(20))}", $"'{text}' in row {row + 1}", "correct it, or leave the cell empty: the model knows no other category",
                            column: schema[column].Name);
                }
            }
        }
        RowSource coded = RowSource.From(cells, rows.Columns).WithSchema(schema);
        return rows.HasWeights ? coded.WithWeights(rows.Weights) : coded;
    }
}
