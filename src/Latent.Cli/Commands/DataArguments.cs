using System.CommandLine;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary>The options that say how data are read: the same for every command that reads some.</summary>
internal sealed class DataArguments
{
    private readonly Option<string[]> _columns = Parse.Names("--columns", "The columns of data, in this order. Default: all.", "A,B,…");
    private readonly Option<string[]> _drop = Parse.Names("--drop", "Columns to leave out.", "A,B,…");
    private readonly Option<string?> _weights = Parse.Text("--weights", [], "The column of row weights.", "COLUMN");
    private readonly Option<string?> _id = Parse.Text("--id", [], "The column that names the rows; it is carried to the output.", "COLUMN");
    private readonly Option<string[]> _missing = Parse.Names("--missing", "Texts that mean a missing value, besides the empty field and NaN.", "NA,?,…");
    private readonly Option<string?> _delimiter = Parse.Text("--delimiter", [], "The character between fields, or 'tab'. Default: seen from the file.", "CHAR");
    private readonly Option<string?> _sequence = SequenceArguments.Option();
    private readonly Option<bool> _noHeader = new("--no-header") { Description = "The first line is data; columns are then x1, x2, …" };
    private readonly Option<long?> _memory = Parse.Size("--memory", "The most memory for rows; what does not fit is read from the disk. Default: a quarter of the machine's.");
    private readonly Option<bool> _cache = new("--cache") { Description = "Keep the numbers of text files in a binary file beside them, for the next time." };
    private readonly Option<string?> _query = Parse.Text("--query", [], "The query whose rows are the data, of sqlite:FILE or postgres:CONNECTION.", "SQL");

    /// <summary>The files.</summary>
    private Argument<string[]> Files { get; } =
        Parse.Files("data", "Files .csv, .tsv, .txt (also .gz) or .npy, or quoted patterns, read in order as one table; - is standard input; sqlite:FILE or postgres:CONNECTION with --query.");

    /// <summary>Adds the argument and the options to a command that predicts with a model, whose columns are found by name.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(Files);
        foreach (Option option in (Option[])[_columns, _drop, _weights, _id, _missing, _delimiter, _noHeader, _memory, _cache, _query])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Adds the option that says which rows form a sequence, to a command that reads data for any saved model.</summary>
    public void AddSequenceTo(Command command) => command.Options.Add(_sequence);

    /// <summary>The column of sequences, or null.</summary>
    public string? Sequence(ParseResult parsed) => parsed.GetResult(_sequence) is null ? null : parsed.GetValue(_sequence);

    /// <summary>The files that were named.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public string[] Paths(ParseResult parsed) => parsed.GetValue(Files) is { Length: > 0 } paths
        ? paths
        : throw new UsageException($"Expected at least one data file after '{CommandLine.PathOf(parsed.CommandResult)}', found none. A dash reads standard input.");

    /// <summary>Whether any files were named.</summary>
    public bool Any(ParseResult parsed) => parsed.GetValue(Files) is { Length: > 0 };

    /// <summary>Whether the data have no names of their own.</summary>
    public bool IsNameless(ParseResult parsed) =>
        parsed.GetValue(_noHeader) || Paths(parsed).All(file => file.EndsWith(".npy", StringComparison.OrdinalIgnoreCase));

    /// <summary>The columns that were asked for, or null.</summary>
    public string[]? Columns(ParseResult parsed) => parsed.GetResult(_columns) is null ? null : parsed.GetValue(_columns);

    /// <summary>The column that names the rows, or null.</summary>
    public string? IdName(ParseResult parsed) => parsed.GetValue(_id);

    /// <summary>The options of the reader.</summary>
    public DataOptions ToOptions(ParseResult parsed, Terminal terminal) => new()
    {
        Columns = Columns(parsed),
        Drop = parsed.GetValue(_drop) ?? [],
        Weights = parsed.GetValue(_weights),
        Id = parsed.GetValue(_id),
        Missing = parsed.GetValue(_missing) ?? [],
        Sequence = Sequence(parsed),
        Delimiter = Delimiter(parsed.GetValue(_delimiter)),
        HasHeader = parsed.GetValue(_noHeader) ? false : null,
        StandardInput = terminal.OpenInput,
        Memory = parsed.GetValue(_memory),
        HoldWriters = true,
        Cache = parsed.GetValue(_cache),
        Query = parsed.GetValue(_query),
        Notice = text => terminal.Error.WriteLine($"Note: {text}"),
    };

    private static char? Delimiter(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        { Length: 1 } => text[0],
        _ => throw new UsageException($"Expected one character or 'tab' for --delimiter, found '{text}'."),
    };
}
