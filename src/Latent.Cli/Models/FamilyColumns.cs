using Latent.Data;
using Latent.Families;

namespace Latent.Cli.Models;

/// <summary>Which family each column of data has.</summary>
internal static class FamilyColumns
{
    /// <summary>The word for columns of different families.</summary>
    public const string Mixed = "mixed";

    /// <summary>The columns in the order of their blocks, and the family of each block.</summary>
    /// <param name="rows">The data.</param>
    /// <param name="family">A family, perhaps with arguments, or <see cref="Mixed"/>.</param>
    /// <param name="types">For mixed columns: entries such as <c>age=normal</c> or <c>x+y=gaussian</c>.</param>
    /// <param name="censored">The column that says which values are censored, or null.</param>
    /// <exception cref="UsageException">A family, a column or an argument is wrong.</exception>
    public static (RowSource Rows, FamilyChoice[] Choices) Of(RowSource rows, string family, string[] types, string? censored)
    {
        try
        {
            (List<string[]> blocks, List<FamilyChoice> choices) = family == Mixed ? Assorted(rows, types)
                : types.Length > 0 ? throw new UsageException($"Expected --types with --family {Mixed} only, found it with --family {family}. Leave one out.")
                : censored is not null ? Censored(rows, family, censored)
                : Uniform(rows, FamilyChoice.Parse(family));
            RowSource ordered = rows.Select([.. blocks.SelectMany(block => block)]);
            ColumnRange[] ranges = ColumnRange.Of(ordered);
            int first = 0;
            for (int index = 0; index < choices.Count; index++)
            {
                choices[index] = FamilyCatalog.Resolve(choices[index] with { Columns = blocks[index].Length }, ranges[first]);
                first += blocks[index].Length;
            }
            return (ordered, [.. choices]);
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }

    private static (List<string[]>, List<FamilyChoice>) Uniform(RowSource rows, FamilyChoice choice)
    {
        string[] names = [.. rows.Schema.Names];
        int width = FamilyCatalog.Width(choice.Name);
        string[][] blocks = width == 0 ? [names] : [.. names.Chunk(width)];
        return ([.. blocks], [.. blocks.Select(_ => choice)]);
    }

    private static (List<string[]>, List<FamilyChoice>) Censored(RowSource rows, string family, string censored)
    {
        string[] values = [.. rows.Schema.Names.Where(name => name != censored)];
        return values.Length == 1 && rows.Schema.IndexOf(censored) >= 0
            ? ([[values[0], censored]], [FamilyChoice.Parse("censored-" + family)])
            : throw new UsageException($"Expected one column of values beside '{censored}' for --censored, found {string.Join(", ", values)}. Choose it with --columns.");
    }

    private static (List<string[]>, List<FamilyChoice>) Assorted(RowSource rows, string[] types)
    {
        List<string[]> blocks = [];
        List<FamilyChoice> choices = [];
        Dictionary<string, int> named = [];
        foreach (string type in types)
        {
            int equals = type.LastIndexOf('=');
            string[] columns = equals > 0 ? type[..equals].Split('+') : throw new UsageException($"Expected entries such as age=normal in --types, found '{type}'.");
            foreach (string column in columns)
            {
                rows.Schema.Require(column);
                if (!named.TryAdd(column, blocks.Count))
                {
                    throw new UsageException($"Expected each column once in --types, found '{column}' twice.");
                }
            }
            FamilyChoice choice = FamilyChoice.Parse(type[(equals + 1)..]);
            bool one = columns.Length == 1 || FamilyCatalog.Width(choice.Name) != 1;
            foreach (string[] block in one ? [columns] : columns.Select(column => new[] { column }))
            {
                blocks.Add(block);
                choices.Add(choice);
            }
        }
        foreach (Column column in rows.Schema.Where(column => !named.ContainsKey(column.Name)))
        {
            blocks.Add([column.Name]);
            choices.Add(new FamilyChoice(column.Kind == ColumnKind.Categorical ? "categorical" : "normal"));
        }
        return (blocks, choices);
    }
}
