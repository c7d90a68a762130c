using System.IO.Enumeration;
using System.Text;
using ICSharpCode.SharpZipLib.GZip;

namespace Latent.IO;

/// <summary>What a file of a corpus looks like.</summary>
internal enum CorpusFormat
{
    Text,
    LdaC,
    Uci,
    Table,
}

/// <summary>One file of a corpus.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Id">What its documents are called.</param>
/// <param name="IsWhole">Whether it is one document, because it was found in a folder.</param>
internal sealed record CorpusFile(string Path, string Id, bool IsWhole)
{
    public string Name => Path == "-" ? "standard input" : Path;

    public CorpusFormat Format
    {
        get
        {
            string name = System.IO.Path.GetFileName(Path).ToLowerInvariant();
            name = name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
            return IsWhole ? CorpusFormat.Text
                : name.EndsWith(".ldac", StringComparison.Ordinal) ? CorpusFormat.LdaC
                : name.Contains("docword", StringComparison.Ordinal) ? CorpusFormat.Uci
                : name.EndsWith(".csv", StringComparison.Ordinal) || name.EndsWith(".tsv", StringComparison.Ordinal) ? CorpusFormat.Table
                : CorpusFormat.Text;
        }
    }

    /// <summary>The files that paths, patterns and folders name, in the order given; matches and what is in folders sorted by character.</summary>
    public static IReadOnlyList<CorpusFile> Resolve(IReadOnlyList<string> paths)
    {
        List<CorpusFile> files = [];
        foreach (string path in paths)
        {
            if (path == "-" || File.Exists(path))
            {
                files.Add(new CorpusFile(path, System.IO.Path.GetFileName(path), IsWhole: false));
            }
            else if (Directory.Exists(path))
            {
                files.AddRange(InputFile.Guard(path, () => Folder(path)));
            }
            else if (path.AsSpan().IndexOfAny('*', '?') >= 0)
            {
                files.AddRange(Match(path));
            }
            else
            {
                throw new DataFormatException(path, "a file or a folder", "none of that name", "check the path");
            }
        }
        return files;
    }

    /// <summary>Reads the file as UTF-8 text.</summary>
    public void Read(Func<Stream> standardInput, Action<StreamReader> read) => InputFile.Guard(Name, () =>
    {
        using Stream stream = Path == "-" ? standardInput() : new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        using StreamReader reader = new(Path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipInputStream(stream, 1 << 16) : stream, Encoding.UTF8);
        read(reader);
        return true;
    });

    private static CorpusFile[] Folder(string path)
    {
        string[] found = Directory.GetFiles(path, "*", SearchOption.AllDirectories);
        Array.Sort(found, string.CompareOrdinal);
        CorpusFile[] files =
        [
            .. found.Where(file => !System.IO.Path.GetFileName(file).StartsWith('.')).Select(file => new CorpusFile(file, System.IO.Path.GetRelativePath(path, file), IsWhole: true)),
        ];
        return files.Length > 0 ? files : throw new DataFormatException(path, "files in the folder", "none", "check the path");
    }

    private static CorpusFile[] Match(string pattern)
    {
        string folder = System.IO.Path.GetDirectoryName(pattern) is { Length: > 0 } given ? given : ".";
        string name = System.IO.Path.GetFileName(pattern);
        string[] found = Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Where(file => FileSystemName.MatchesSimpleExpression(name, System.IO.Path.GetFileName(file), ignoreCase: false))]
            : [];
        Array.Sort(found, string.CompareOrdinal);
        return found.Length > 0
            ? Array.ConvertAll(found, file => new CorpusFile(file, System.IO.Path.GetFileName(file), IsWhole: false))
            : throw new DataFormatException(pattern, "files that match", "none", "check the pattern");
    }
}
