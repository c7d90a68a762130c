using Latent.IO;

namespace Latent.Cli.Output;

/// <summary>Where results go.</summary>
internal static class Files
{
    /// <summary>Nothing where a file can be written at a path, so that no long run ends without a place for its result.</summary>
    /// <exception cref="UsageException">The path is a directory, or in one that does not exist.</exception>
    public static void CheckWritable(string? path, string option)
    {
        if (path is null)
        {
            return;
        }
        if (Directory.Exists(path))
        {
            throw new UsageException($"Expected a file for {option}, found the directory '{path}'.");
        }
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new UsageException($"Expected a file in an existing directory for {option}, found '{path}'. Make '{folder}' first.");
        }
    }

    /// <summary>Writes to the file of a path, as a whole or not at all, or to standard output where there is no path.</summary>
    public static void Write(string? path, Terminal terminal, Action<Stream> write)
    {
        if (path is not null)
        {
            AtomicFile.Write(path, write);
            return;
        }
        terminal.Out.Flush();
        write(terminal.OutStream);
        terminal.OutStream.Flush();
    }
}
