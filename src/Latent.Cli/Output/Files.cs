using Latent.IO;

namespace Latent.Cli.Output;

/// <summary>Where results go.</summary>
internal static class Files
{
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
