using System.Text.RegularExpressions;

namespace Latent.Docs.Tests;

/// <summary>
/// C# in the documentation is compiled: above each block stands &lt;!-- snippet: FILE#REGION --&gt;, and the block is that region of
/// a source file, to the letter but for the indentation. A page that has a test of its own names it: &lt;!-- checked by: FILE --&gt;.
/// </summary>
public partial class SnippetTests
{
    public static TheoryData<string> Pages => [.. Repository.Pages];

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryBlockOfCSharpIsCompiledSource(string page)
    {
        string[] lines = Repository.ReadLines(page);
        if (lines.Select(line => Checked().Match(line)).FirstOrDefault(match => match.Success) is { } other)
        {
            Assert.Contains(Path.GetFileName(page), string.Join('\n', Repository.ReadLines(other.Groups["file"].Value)), StringComparison.Ordinal);
            return;
        }
        for (int line = 0; line < lines.Length; line++)
        {
            if (lines[line].TrimStart().StartsWith("```csharp", StringComparison.Ordinal))
            {
                Match mark = Mark().Match(line > 0 ? lines[line - 1] : "");
                Assert.True(mark.Success, $"{page}:{line + 1}: expected <!-- snippet: FILE#REGION --> above the block of C#.");
                IEnumerable<string> block = lines.Skip(line + 1).TakeWhile(text => text.TrimEnd() != "```");
                Assert.Equal(Region(mark.Groups["file"].Value, mark.Groups["region"].Value), string.Join('\n', block));
            }
        }
    }

    [Fact]
    public void TheReadmeShowsCSharp() => Assert.Contains(Repository.ReadLines("README.md"), line => line.StartsWith("```csharp", StringComparison.Ordinal));

    /// <summary>The lines of a region, less their common indentation.</summary>
    private static string Region(string file, string name)
    {
        List<string> region = [];
        int depth = 0;
        foreach (string line in Repository.ReadLines(file))
        {
            string text = line.Trim();
            if (text == $"#region {name}")
            {
                depth = 1;
            }
            else if (depth > 0 && text == "#endregion")
            {
                break;
            }
            else if (depth > 0)
            {
                region.Add(line);
            }
        }
        Assert.True(region.Count > 0, $"{file}: expected a region {name}, found none.");
        int indentation = region.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', region.Select(line => line.Length == 0 ? line : line[indentation..]));
    }

    [GeneratedRegex("<!-- snippet: (?<file>[^#]+)#(?<region>\\S+) -->")]
    private static partial Regex Mark();

    [GeneratedRegex("<!-- checked by: (?<file>\\S+) -->")]
    private static partial Regex Checked();
}
