namespace Latent.Docs.Tests;

/// <summary>The files of the repository.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every page of documentation, relative to <see cref="Root"/>, with forward slashes.</summary>
    public static IEnumerable<string> Pages { get; } =
    [
        .. Directory.EnumerateFiles(Root, "*.md").Concat(new[] { "docs", "samples", "bench" }
                .Where(folder => Directory.Exists(Path.Combine(Root, folder)))
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories)))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    public static string[] ReadLines(string relative) => File.ReadAllLines(Path.Combine(Root, relative));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Latent.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException("Expected the tests to lie below the folder of Latent.slnx.");
    }
}
