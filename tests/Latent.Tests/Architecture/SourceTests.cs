using System.Text.RegularExpressions;

namespace Latent.Tests.Architecture;

/// <summary>Habits that hold for every source file.</summary>
public sealed partial class SourceTests
{
    // About three hundred: what a reader holds in mind at once, and a little.
    private const int MostLines = 320;

    private static readonly string[] _sources = [.. Repository.Files("src", "*.cs")];

    [Fact]
    public void FilesAreShortExceptKernels()
    {
        Assert.NotEmpty(_sources);
        string[] found = [.. _sources.Where(file => !Repository.Relative(file).StartsWith("src/Latent/Kernels/", StringComparison.Ordinal)).Select(file => $"{Repository.Relative(file)}: {File.ReadLines(file).Count()} lines").Where(line => int.Parse(line.Split(' ')[1]) > MostLines)];
        Assert.True(found.Length == 0, $"Expected at most {MostLines} lines, found:{Environment.NewLine}{string.Join(Environment.NewLine, found)}");
    }

    [Fact]
    public void NothingIsLeftForLater() => AssertNowhere(Unfinished());

    [Fact]
    public void NoWarningIsSuppressed() => AssertNowhere(Suppression());

    /// <summary>A file's namespace follows its folder, as deep as the namespace goes.</summary>
    [Fact]
    public void NamespacesAreFolders()
    {
        List<string> found = [];
        foreach (string file in _sources)
        {
            Match declared = Namespace().Match(File.ReadAllText(file));
            string folder = Repository.Relative(Path.GetDirectoryName(file)!)["src/".Length..].Replace('/', '.');
            if (declared.Success && !(folder + ".").StartsWith(declared.Groups[1].Value + ".", StringComparison.Ordinal))
            {
                found.Add($"{Repository.Relative(file)}: {declared.Groups[1].Value}");
            }
        }
        Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
    }

    /// <summary>Tests stand in the folder of what they test; besides, there are folders about the whole.</summary>
    [Fact]
    public void TestsMirrorTheSources()
    {
        string[] about = ["Architecture", "Testing", "Examples", "Issues", "bin", "obj", "TestResults"];
        List<string> found = [];
        foreach ((string tests, string sources) in (ReadOnlySpan<(string, string)>)[("tests/Latent.Tests", "src/Latent"), ("tests/Latent.IO.Tests", "src/Latent.IO"), ("tests/Latent.Cli.Tests", "src/Latent.Cli")])
        {
            string root = Path.Combine(Repository.Root, tests);
            foreach (string folder in Directory.Exists(root) ? Directory.GetDirectories(root) : [])
            {
                if (!about.Contains(Path.GetFileName(folder)) && !Directory.Exists(Path.Combine(Repository.Root, sources, Path.GetFileName(folder))))
                {
                    found.Add(Repository.Relative(folder));
                }
            }
        }
        Assert.True(found.Count == 0, $"Expected folders of tests that mirror src, found:{Environment.NewLine}{string.Join(Environment.NewLine, found)}");
    }

    private static void AssertNowhere(Regex pattern)
    {
        string[] found =
        [
            .. from file in _sources
               from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
               where pattern.IsMatch(line.Text)
               select $"{Repository.Relative(file)}:{line.Number}: {line.Text.Trim()}",
        ];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|\bHACK\b|\bXXX\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"#pragma\s+warning\s+disable|SuppressMessage")]
    private static partial Regex Suppression();

    [GeneratedRegex(@"^namespace\s+([\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
