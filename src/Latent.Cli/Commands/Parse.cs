using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary>Options whose values are checked where they are read, with messages that say what was expected.</summary>
internal static class Parse
{
    /// <summary>A whole number within bounds.</summary>
    public static Option<int?> Integer(string name, string[] aliases, string description, int least, string help = "N") => new(name, aliases)
    {
        Description = description,
        HelpName = help,
        CustomParser = result => int.TryParse(Text(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least
            ? value
            : Refuse<int?>(result, $"a whole number of {least} or more"),
    };

    /// <summary>Different whole numbers of 1 or more: a range such as 1..9, a list such as 2,4,8, or both.</summary>
    public static Option<int[]?> Counts(string name, string[] aliases, string description) => new(name, aliases)
    {
        Description = description,
        HelpName = "1..9|2,4,8",
        CustomParser = result => TryCounts(Text(result), out int[] counts) ? counts : Refuse<int[]?>(result, "different numbers of 1 or more, such as 1..9 or 2,4,8"),
    };

    /// <summary>A seed.</summary>
    public static Option<ulong?> Seed(string description) => new("--seed")
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ulong.TryParse(Text(result), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : Refuse<ulong?>(result, "a whole number from 0 to 18446744073709551615"),
    };

    /// <summary>A finite number of zero or more.</summary>
    public static Option<double?> NonNegative(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result =>
            double.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= 0 && double.IsFinite(value)
                ? value
                : Refuse<double?>(result, "a number of zero or more"),
    };

    /// <summary>A finite number of at least <paramref name="least"/>.</summary>
    public static Option<double?> AtLeast(string name, string description, double least, string help) => new(name)
    {
        Description = description,
        HelpName = help,
        CustomParser = result =>
            double.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && double.IsFinite(value)
                ? value
                : Refuse<double?>(result, $"a number of {least} or more"),
    };

    /// <summary>A duration such as 90s, 5m or 1.5h.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => TryDuration(Text(result), out TimeSpan value) ? value : Refuse<TimeSpan?>(result, "a time such as 90s, 5m or 1.5h"),
    };

    /// <summary>A size such as 500MB or 2GiB.</summary>
    public static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = result => MemoryBudget.TryParse(Text(result), out long bytes) ? bytes : Refuse<long?>(result, "a size such as 500MB or 2GB"),
    };

    /// <summary>A text that is not empty.</summary>
    public static Option<string?> Text(string name, string[] aliases, string description, string help) => new(name, aliases)
    {
        Description = description,
        HelpName = help,
        CustomParser = result => Text(result) is { Length: > 0 } text ? text : Refuse<string?>(result, "a text that is not empty"),
    };

    /// <summary>One of several words.</summary>
    public static Option<string?> Word(string name, string description, params string[] words) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words),
        CustomParser = result => Array.IndexOf(words, Text(result)) >= 0 ? Text(result) : Refuse<string?>(result, $"one of {string.Join(", ", words)}"),
    };

    /// <summary>Names separated by commas; the option may be given several times.</summary>
    public static Option<string[]> Names(string name, string description, string help) => new(name)
    {
        Description = description,
        HelpName = help,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result =>
        {
            List<string> names = [];
            foreach (Token token in result.Tokens)
            {
                names.AddRange(token.Value.Split(',', StringSplitOptions.TrimEntries));
            }
            return names.Contains("") ? Refuse<string[]>(result, "names separated by commas") : [.. names];
        },
    };

    /// <summary>The files that a command reads. A token that looks like an option is one that the command does not know.</summary>
    public static Argument<string[]> Files(string name, string description)
    {
        Argument<string[]> files = new(name) { Description = description, Arity = ArgumentArity.ZeroOrMore };
        files.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
            {
                if (token.Value.Length > 1 && token.Value[0] == '-')
                {
                    result.AddError($"Expected a known option, found '{token.Value}'");
                    return;
                }
            }
        });
        return files;
    }

    /// <summary>A saved model.</summary>
    public static Argument<string> Model() => new("model.json") { Description = "A model saved by 'latent fit … -o model.json'.", Arity = ArgumentArity.ExactlyOne };

    internal static bool TryCounts(string text, out int[] counts)
    {
        const int most = 10_000;
        List<int> found = [];
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split("..");
            if (ends.Length > 2
                || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || first < 1 || last < first || last - first >= most)
            {
                counts = [];
                return false;
            }
            found.AddRange(Enumerable.Range(first, last - first + 1));
        }
        counts = [.. found];
        return found.Distinct().Count() == found.Count;
    }

    internal static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        (string unit, double seconds) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => ("ms", 1e-3),
            _ when text.EndsWith('s') => ("s", 1),
            _ when text.EndsWith('m') => ("m", 60),
            _ when text.EndsWith('h') => ("h", 3600),
            _ => ("", 1.0),
        };
        bool valid = double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
            && count * seconds is >= 0 and < 1e9;
        duration = valid ? TimeSpan.FromSeconds(count * seconds) : default;
        return valid;
    }

    private static string Text(ArgumentResult result) => result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";

    private static T? Refuse<T>(ArgumentResult result, string expected)
    {
        string name = result.Parent is OptionResult option ? option.IdentifierToken?.Value ?? option.Option.Name : result.Argument.Name;
        string found = result.Tokens.Count > 0 ? $"'{result.Tokens[^1].Value}'" : "nothing";
        result.AddError($"Expected {expected} for {name}, found {found}");
        return default;
    }
}
