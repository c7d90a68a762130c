using System.Text.RegularExpressions;

namespace Latent.Tests.Architecture;

/// <summary>Citations [Key, eq. n] lead somewhere: docs/references.bib has the key.</summary>
public sealed partial class CitationTests
{
    private static readonly string _bibliography = File.ReadAllText(Path.Combine(Repository.Root, "docs", "references.bib"));

    [Fact]
    public void EveryCitationHasAnEntry()
    {
        string[] keys = Keys();
        (string Key, string File)[] cited =
        [
            .. from folder in (string[])["src", "tests", "samples", "docs", "bench"]
               from file in Repository.Files(folder, "*.cs").Concat(Repository.Files(folder, "*.md"))
               where Path.GetFileName(file) != nameof(CitationTests) + ".cs"
               from key in Cited(File.ReadAllText(file))
               select (key, Repository.Relative(file)),
        ];
        Assert.NotEmpty(cited);
        string[] missing = [.. cited.Where(citation => !keys.Contains(citation.Key)).Select(citation => $"{citation.File}: [{citation.Key}]").Distinct()];
        Assert.True(missing.Length == 0, $"Expected an entry in docs/references.bib for every citation, found none for:{Environment.NewLine}{string.Join(Environment.NewLine, missing)}");
    }

    [Fact]
    public void KeysAreUniqueAndEndInTheYearOfTheirWork()
    {
        string[] keys = Keys();
        Assert.Equal(keys.Distinct().Order(), keys.Order());
        string[] entries = [.. _bibliography.Split("\n@").Skip(1)];
        Assert.NotEmpty(entries);
        Assert.All(entries, entry =>
        {
            string key = Entry().Match("@" + entry).Groups[1].Value;
            Assert.Matches(@"^[A-Z][A-Za-z]+\d{4}[a-z]?$", key);
            Assert.Contains($"year = {{{Regex.Match(key, @"\d{4}").Value}}}", entry, StringComparison.Ordinal);
            Assert.Contains("author = {", entry, StringComparison.Ordinal);
            Assert.Contains("title = {", entry, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("as in [Some2001, eq. 3] and", new[] { "Some2001" })]
    [InlineData("[One1999; Other2005b, sec. 2].", new[] { "One1999", "Other2005b" })]
    [InlineData("values[Index2] and [x] and [Fact]", new string[0])]
    [InlineData("[Some2001](link)", new[] { "Some2001" })]
    public void CitationsAreFoundInProse(string text, string[] keys) => Assert.Equal(keys, Cited(text));

    private static IEnumerable<string> Cited(string text) =>
        from Match bracket in Bracket().Matches(text)
        from part in bracket.Groups[1].Value.Split(';')
        let key = Key().Match(part.Trim())
        where key.Success
        select key.Groups[1].Value;

    private static string[] Keys() =>
    [
        .. Entry().Matches(_bibliography).Select(entry => entry.Groups[1].Value),
        .. Aliases().Matches(_bibliography).SelectMany(entry => entry.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)),
    ];

    [GeneratedRegex(@"\[([A-Z][A-Za-z]+\d{4}[a-z]?(?:[,;][^\]\[\n]*)?)\]")]
    private static partial Regex Bracket();

    [GeneratedRegex(@"^([A-Z][A-Za-z]+\d{4}[a-z]?)(?:,|$)")]
    private static partial Regex Key();

    [GeneratedRegex(@"^@\w+\{([^,\s]+),", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"\bids = \{([^}]*)\}")]
    private static partial Regex Aliases();
}
