using System.Globalization;
using Latent.Data;

namespace Latent.IO;

/// <summary>Which column of a file has which part: data, weight, name of the row, sequence, label, text.</summary>
internal sealed class TablePlan
{
    /// <summary>Parts of the columns called <paramref name="names"/>; a null name is a blank one in the header.</summary>
    public TablePlan(string file, IReadOnlyList<string?> names, DataOptions options)
    {
        Header = names;
        Names = [.. names.Select((name, index) => name ?? string.Create(CultureInfo.InvariantCulture, $"column{index + 1}"))];
        if (Names.Length > RowSource.MaxColumns)
        {
            throw new DataFormatException(file, $"at most {RowSource.MaxColumns} columns", Names.Length.ToString(CultureInfo.InvariantCulture), "leave some out, or swap rows and columns");
        }
        Weights = Find(file, options.Weights, "for the weights");
        Id = Find(file, options.Id, "for the names of rows");
        Sequence = Find(file, options.Sequence, "for the sequences");
        Labels = Find(file, options.Labels, "for the labels");
        VisitText = options.VisitText;
        Text = [.. options.Text.Select(name => Find(file, name, "of text"))];
        Data = options.Columns is { } columns
            ? [.. columns.Select(name => Find(file, name, "of data"))]
            : Others(file, options);
        CheckData(file, options.Columns is null);
    }

    /// <summary>The names as the header gives them; null where it is blank.</summary>
    public IReadOnlyList<string?> Header { get; }

    public string[] Names { get; }

    public int[] Data { get; }

    public int Weights { get; }

    public int Id { get; }

    public int Sequence { get; }

    public int Labels { get; }

    public int[] Text { get; }

    /// <summary>Receives the first column of text; null: it is kept as the others are.</summary>
    public TextVisit? VisitText { get; }

    /// <summary>The names of the data columns.</summary>
    public IEnumerable<string> DataNames => Data.Select(column => Names[column]);

    /// <summary>Whether the data are all columns, in order.</summary>
    public bool IsWhole => Data.Length == Names.Length && Data.Select((column, index) => column == index).All(same => same);

    /// <summary>The columns that are data by default: those with no other part.</summary>
    private int[] Others(string file, DataOptions options)
    {
        var taken = new HashSet<int>(Text) { Weights, Id, Sequence, Labels };
        taken.UnionWith(options.Drop.Select(name => Find(file, name, "to drop")));
        int[] others = [.. Enumerable.Range(0, Names.Length).Where(column => !taken.Contains(column))];
        return others.Length > 0
            ? others
            : throw new DataFormatException(file, "at least one column of data", $"none besides {string.Join(", ", Names)}", "drop fewer columns");
    }

    private void CheckData(string file, bool byDefault)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (int column in Data)
        {
            if (byDefault && Header[column] is null)
            {
                throw new DataFormatException(
                    file, $"a name for column {column + 1}", "a blank one",
                    $"name it, or leave it out (--drop {Names[column]}; numbers of rows as R and pandas write them are no data)", line: 1);
            }
            if (!seen.Add(Names[column]))
            {
                throw new DataFormatException(file, "distinct column names", $"{DataFormatException.Quote(Names[column])} twice", "rename or leave out one of them");
            }
        }
    }

    private int Find(string file, string? name, string part)
    {
        if (name is null)
        {
            return -1;
        }
        int column = Array.IndexOf(Names, name);
        if (column < 0)
        {
            throw new DataFormatException(
                file, $"a column {part} called {DataFormatException.Quote(name)}", $"the columns {Shorten(Names)}", "check the name, capitals included");
        }
        if (Array.LastIndexOf(Names, name) != column)
        {
            throw new DataFormatException(file, "distinct column names", $"{DataFormatException.Quote(name)} twice", "rename one of them");
        }
        return column;
    }

    private static string Shorten(string[] names) => names.Length <= 20
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(20))} and {names.Length - 20} more";
}
