namespace Latent.Cli.Output;

/// <summary>A part of a text report: a heading, and a table or lines below it.</summary>
internal sealed record Section(string? Heading, TextTable? Table, IReadOnlyList<string>? Lines = null)
{
    /// <summary>A line below the table.</summary>
    public string? Footer { get; init; }

    /// <summary>A table under a heading.</summary>
    public static Section Of(string? heading, TextTable table) => new(heading, table);

    /// <summary>Lines under a heading.</summary>
    public static Section Of(string? heading, params string[] lines) => new(heading, null, lines);
}

/// <summary>A table of texts; numbers are aligned to the right.</summary>
/// <param name="Headers">One per column; a header that begins with '&lt;' is aligned to the left, without the sign.</param>
internal sealed record TextTable(IReadOnlyList<string> Headers)
{
    /// <summary>Whether each row is a component, whose number is painted in its colour.</summary>
    public bool ByComponent { get; init; }

    /// <summary>The rows, each as long as the headers.</summary>
    public List<string[]> Rows { get; } = [];

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells) => Rows.Add(cells);
}
