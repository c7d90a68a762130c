namespace Latent.IO;

/// <summary>How to read a table: which columns are data, which carry something else, and how the text is written.</summary>
public sealed record DataOptions
{
    /// <summary>All columns are numeric data, under a header.</summary>
    public static DataOptions Default { get; } = new();

    /// <summary>The columns of the data in this order; null for all that have no other part.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Columns to leave out.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>The column of row weights (finite, not negative, none missing), or null.</summary>
    public string? Weights { get; init; }

    /// <summary>The column that names the rows and is carried to the output, or null.</summary>
    public string? Id { get; init; }

    /// <summary>The column that says which sequence a row belongs to (none missing), or null.</summary>
    public string? Sequence { get; init; }

    /// <summary>The column of known labels, empty where unknown, or null.</summary>
    public string? Labels { get; init; }

    /// <summary>Further columns to read as text beside the data, such as those of a formula or a text to be split into words.</summary>
    public IReadOnlyList<string> Text { get; init; } = [];

    /// <summary>The character between fields (ASCII); null for a tab in .tsv files, else whichever of comma, semicolon, tab and bar the file uses.</summary>
    public char? Delimiter { get; init; }

    /// <summary>
    /// Whether the first line names the columns. Null means that it does, and that a first line of numbers alone is an error, since
    /// it is most likely data. Without names, columns are x1, x2, ….
    /// </summary>
    public bool? HasHeader { get; init; }

    /// <summary>Texts that mean a missing value, besides the empty field and NaN.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>What to do with text in a column of data.</summary>
    public TextCells TextCells { get; init; } = TextCells.Refuse;

    /// <summary>Whether a column without a single value is accepted (it says nothing to a fit, but new data to predict may have one).</summary>
    public bool AllowEmptyColumns { get; init; }

    /// <summary>Whether .npy files of floating-point numbers are mapped into memory rather than read.</summary>
    public bool MapFiles { get; init; } = true;

    /// <summary>
    /// Whether Linux is asked to hold back whoever opens a mapped file for writing, up to 45 seconds, until the table is closed; the next rows asked for then name what happened. Without
    /// it a file that is cut while its rows are worked on ends the process. Not for a thread that would itself write to the file while the table is open. Default false; the command does.
    /// </summary>
    public bool HoldWriters { get; init; }

    /// <summary>
    /// The most bytes of rows in memory; null for <see cref="MemoryBudget.Default"/>. A table of text or from a database that does not fit is copied once, as
    /// numbers, to a file in the system's temporary folder (TMPDIR), which goes when the table is closed or the process ends.
    /// </summary>
    public long? Memory { get; init; }

    /// <summary>
    /// Whether the numbers of text files are kept in a file beside the first of them (<c>x.csv.latent-cache</c>), from which they are read the next time. A cache that
    /// is damaged, or not of these files and options any more, is made anew. Not for tables with text beside the data.
    /// </summary>
    public bool Cache { get; init; }

    /// <summary>The query whose rows are the table, where the path names a database (<c>sqlite:FILE</c> or <c>postgres:CONNECTION</c>).</summary>
    public string? Query { get; init; }

    /// <summary>Receives what the reader has to say and is no error, such as that a cache is out of date; one sentence each.</summary>
    public Action<string>? Notice { get; init; }

    /// <summary>Opens what the path "-" stands for; standard input by default.</summary>
    public Func<Stream> StandardInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Receives the first of <see cref="Text"/> row by row, which is then not kept: texts are longer than memory sooner than numbers.</summary>
    internal TextVisit? VisitText { get; init; }

    /// <summary>Opens a new file for rows that do not fit into memory.</summary>
    internal Func<string, Stream> CreateFile { get; init; } = WrittenFile.CreateNew;
}

/// <summary>Receives a field of text.</summary>
/// <param name="utf8">Its bytes, which change after the call; none where it is missing.</param>
/// <param name="file">The file.</param>
/// <param name="line">The line of its row.</param>
internal delegate void TextVisit(ReadOnlySpan<byte> utf8, string file, long line);
