using System.IO.Enumeration;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.GZip;

namespace Latent.IO;

/// <summary>One file of the data, found and known to be a file.</summary>
internal sealed class InputFile
{
    private const int BufferSize = 1 << 16;

    private static readonly string[] _textEndings = [".csv", ".tsv", ".txt"];

    private InputFile(string path, string ending, bool isCompressed)
    {
        Path = path;
        IsNpy = ending == ".npy";
        IsTabbed = ending == ".tsv";
        IsCompressed = isCompressed;
    }

    public string Path { get; }

    public bool IsStandardInput => Path == "-";

    /// <summary>What messages call it.</summary>
    public string Name => IsStandardInput ? "standard input" : Path;

    public bool IsNpy { get; }

    public bool IsTabbed { get; }

    private bool IsCompressed { get; }

    /// <summary>The files that paths and patterns name, in the order given; the matches of a pattern sorted by character.</summary>
    public static IReadOnlyList<InputFile> Resolve(IEnumerable<string> paths)
    {
        var files = new List<InputFile>();
        foreach (string path in paths)
        {
            if (path.AsSpan().IndexOfAny('*', '?') >= 0 && !File.Exists(path))
            {
                files.AddRange(Match(path).Select(Check));
            }
            else
            {
                files.Add(Check(path));
            }
        }
        if (files.Count(file => file.IsStandardInput) > 1)
        {
            throw new DataFormatException("-", "standard input at most once", "it several times", "name it once");
        }
        return files;
    }

    /// <summary>The bytes of the file, decompressed. Damage and a missing end are errors: the system's own GZipStream reads a cut file as a short one.</summary>
    public Stream Open(Func<Stream> standardInput)
    {
        if (IsStandardInput)
        {
            return standardInput();
        }
        Stream stream = Guard(Name, () => new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan));
        return IsCompressed ? new GZipInputStream(stream, BufferSize) : stream;
    }

    /// <summary>Runs <paramref name="read"/>; what the system cannot open or read becomes an error of one line; what cannot be written is one already.</summary>
    public static T Guard<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new DataFormatException(name, "a file that may be read", "one without permission", "check its owner and mode", cause: cause);
        }
        catch (SharpZipBaseException cause)
        {
            throw new DataFormatException(name, "whole gzip data", $"an error ({cause.Message.TrimEnd('.')})", "check it with gzip -t, or copy it again", cause: cause);
        }
        catch (IOException cause) when (cause is not UnwritableException)
        {
            throw new DataFormatException(name, "a file that can be read", $"an error ({cause.Message.TrimEnd('.')})", "check the disk or the connection", cause: cause);
        }
    }

    private static InputFile Check(string path)
    {
        if (path == "-")
        {
            return new InputFile(path, ".csv", isCompressed: false);
        }
        if (Directory.Exists(path))
        {
            throw new DataFormatException(path, "a file", "a directory", $"name its files, such as \"{System.IO.Path.Join(path, "*.csv")}\"");
        }
        if (!File.Exists(path))
        {
            throw new DataFormatException(path, "a file", "none of that name", "check the path");
        }
        string ending = System.IO.Path.GetExtension(path).ToLowerInvariant();
        bool isCompressed = ending == ".gz";
        if (isCompressed)
        {
            ending = System.IO.Path.GetExtension(System.IO.Path.GetFileNameWithoutExtension(path)).ToLowerInvariant();
        }
        bool known = ending.Length == 0 || _textEndings.Contains(ending) || (ending == ".npy" && !isCompressed);
        return known
            ? new InputFile(path, ending, isCompressed)
            : throw new DataFormatException(
                path, "a file named .csv, .tsv or .txt (also .gz) or .npy", $"the ending '{ending}{(isCompressed ? ".gz" : "")}'", "convert or rename it");
    }

    private static string[] Match(string pattern)
    {
        IEnumerable<string> found = [System.IO.Path.GetPathRoot(pattern) ?? ""];
        string[] parts = pattern[found.First().Length..].Split(System.IO.Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        for (int depth = 0; depth < parts.Length; depth++)
        {
            string part = parts[depth];
            bool last = depth == parts.Length - 1;
            found = found.SelectMany(folder => Expand(folder, part, last)).ToList();
        }
        string[] files = [.. found];
        Array.Sort(files, string.CompareOrdinal);
        return files.Length > 0 ? files : throw new DataFormatException(pattern, "files that match", "none", "check the pattern");
    }

    private static IEnumerable<string> Expand(string folder, string part, bool last)
    {
        if (part.AsSpan().IndexOfAny('*', '?') < 0)
        {
            string path = System.IO.Path.Join(folder, part);
            return (last ? File.Exists(path) : Directory.Exists(path)) ? [path] : [];
        }
        string start = folder.Length == 0 ? "." : folder;
        IEnumerable<string> entries = last ? Directory.EnumerateFiles(start) : Directory.EnumerateDirectories(start);
        return entries
            .Select(entry => System.IO.Path.GetFileName(entry))
            .Where(name => (part[0] == '.' || name[0] != '.') && FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false))
            .Select(name => System.IO.Path.Join(folder, name));
    }
}
