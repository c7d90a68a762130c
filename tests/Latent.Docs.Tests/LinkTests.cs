using System.Text.RegularExpressions;

namespace Latent.Docs.Tests;

/// <summary>Links inside the repository lead somewhere.</summary>
public partial class LinkTests
{
    public static TheoryData<string> Pages => SnippetTests.Pages;

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryRelativeLinkHasATarget(string page)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        string text = CodeBlock().Replace(string.Join('\n', Repository.ReadLines(page)), "");
        foreach (Match link in Link().Matches(text))
        {
            string target = link.Groups["target"].Value.Split('#')[0];
            bool external = target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal);
            Assert.True(external || target.Length == 0 || Path.Exists(Path.Combine(folder, target)), $"{page}: nothing at {target}.");
        }
    }

    [GeneratedRegex("\\]\\((?<target>[^)\\s]+)\\)")]
    private static partial Regex Link();

    [GeneratedRegex("```.*?```|`[^`\\n]*`", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
