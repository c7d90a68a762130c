using System.CommandLine;

namespace Latent.Cli.Commands;

/// <summary>The option that says which rows form one sequence.</summary>
internal static class SequenceArguments
{
    /// <summary>A new option of the name, since each command has its own.</summary>
    public static Option<string?> Option() =>
        Parse.Text("--sequence", [], "The column that names the sequence of each row: rows with one value, in order, are one. Default: all rows are one sequence.", "COLUMN");
}
