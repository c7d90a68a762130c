using System.Globalization;
using System.Text.Json;
using Latent.Data;

namespace Latent.Cases;

/// <summary>One reference case: where its data lie, what was asked and what is the answer.</summary>
internal sealed class ReferenceCase(string folder, JsonElement element)
{
    public string Id { get; } = element.GetProperty("id").GetString()!;

    /// <summary>The kind of model that answers it.</summary>
    public string Family { get; } = element.GetProperty("family").GetString()!;

    /// <summary>The path of its data.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, "data", element.GetProperty("file").GetString()!);

    /// <summary>The checksum that its data must have.</summary>
    public string Sha256 => element.GetProperty("sha256").GetString()!;

    public JsonElement Task => element.GetProperty("task");

    public JsonElement Expected => element.GetProperty("expected");

    /// <summary>The columns of the data by name, read without the library so that its readers are not taken on trust. Cells that are not numbers are NaN.</summary>
    public OrderedDictionary<string, double[]> Columns()
    {
        string[] lines = [.. File.ReadLines(Path).Where(line => line.Length > 0)];
        string[] names = lines[0].Split(',');
        OrderedDictionary<string, double[]> columns = [];
        for (int column = 0; column < names.Length; column++)
        {
            columns.Add(names[column].Trim('"'), [.. lines.Skip(1).Select(line => Number(line.Split(',')[column]))]);
        }
        return columns;
    }

    /// <summary>Columns as rows of the library.</summary>
    public static RowSource Table(OrderedDictionary<string, double[]> columns)
    {
        double[][] values = [.. columns.Values];
        return RowSource.From([.. Enumerable.Range(0, values[0].Length).SelectMany(row => values.Select(column => column[row]))], values.Length);
    }

    /// <summary>The whole table as rows of the library, with the names of its columns.</summary>
    public RowSource Rows()
    {
        OrderedDictionary<string, double[]> columns = Columns();
        RowBuilder builder = new(columns.Count);
        for (int row = 0; row < columns.GetAt(0).Value.Length; row++)
        {
            builder.Add([.. columns.Values.Select(column => column[row])]);
        }
        return builder.ToRows(Schema.Numeric(columns.Keys));
    }

    private static double Number(string cell) => double.TryParse(cell, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
}
