using System.Globalization;

namespace Latent.IO;

/// <summary>
/// Data that cannot be used as they are: a missing or damaged file, a ragged row, text where a number must stand. The
/// message is one line: where, what was expected, what was found, what to do.
/// </summary>
public sealed class DataFormatException : Exception
{
    private const int LongestFound = 60;

    /// <summary>An error at a place in a file.</summary>
    /// <param name="file">The file, as the user named it.</param>
    /// <param name="expected">What should be there, such as "a number".</param>
    /// <param name="found">What is there.</param>
    /// <param name="remedy">What to do about it, or null.</param>
    /// <param name="line">The line as an editor counts it, from 1, or null.</param>
    /// <param name="column">The column's name, or null.</param>
    /// <param name="cause">The exception behind it, or null.</param>
    public DataFormatException(
        string file, string expected, string found, string? remedy = null, long? line = null, string? column = null, Exception? cause = null)
        : base(Compose(file, expected, found, remedy, line, column), cause)
    {
        File = file;
        Line = line;
        Column = column;
        Found = found;
        Remedy = remedy;
    }

    /// <summary>The file, as the user named it.</summary>
    public string File { get; }

    /// <summary>The line as an editor counts it (from 1, the header included) where there is one.</summary>
    public long? Line { get; }

    /// <summary>The name of the column, where there is one.</summary>
    public string? Column { get; }

    /// <summary>What was found.</summary>
    public string Found { get; }

    /// <summary>What to do about it, where that is known.</summary>
    public string? Remedy { get; }

    /// <summary>A cell's text in quotes on one line, cut where it is long.</summary>
    internal static string Quote(string text)
    {
        string shown = text.Length > LongestFound ? string.Concat(text.AsSpan(0, LongestFound), "…") : text;
        return $"'{OneLine(shown)}'";
    }

    private static string Compose(string file, string expected, string found, string? remedy, long? line, string? column)
    {
        string place = OneLine(file)
            + (line is null ? "" : string.Create(CultureInfo.InvariantCulture, $", line {line}"))
            + (column is null ? "" : $", column {Quote(column)}");
        return $"{place}: expected {OneLine(expected)}, found {OneLine(found)}{(remedy is null ? "" : $"; {OneLine(remedy)}")}.";
    }

    private static string OneLine(string text) => string.Create(text.Length, text, (target, source) =>
    {
        for (int index = 0; index < target.Length; index++)
        {
            target[index] = char.IsControl(source[index]) ? ' ' : source[index];
        }
    });
}
