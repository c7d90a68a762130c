namespace Latent.IO;

/// <summary>Writes files so that whoever reads them finds the old content or the new one, never a part of either.</summary>
public static class AtomicFile
{
    private const string TemporaryEnding = ".latent-tmp";

    /// <summary>
    /// Writes to a temporary file beside <paramref name="path"/>, waits until it is on the disk, and renames it over the old one.
    /// A full disk, an exception of <paramref name="write"/> or a killed process leave the old file whole. A link is
    /// followed; a device, such as /dev/stdout, is written directly.
    /// </summary>
    /// <param name="path">The file to write. A temporary file that a killed process left beside it is overwritten.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="UnwritableException">The file could not be written: one line that names it and says that the old one is unchanged.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, previous: null);

    /// <summary>The same, and what was there before stays under another name; between the two renames only that one exists.</summary>
    internal static void Write(string path, Action<Stream> write, string? previous)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            if (IsDevice(path))
            {
                using var device = new WrittenFile(new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite));
                write(device);
                return;
            }
            string? target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null;
            Replace(target ?? path, write, previous);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            string state = File.Exists(path) && !IsDevice(path) ? "; the file that was there is unchanged" : "";
            throw new UnwritableException(path, "a file that can be written", cause, state, remedy: null);
        }
    }

    private static void Replace(string path, Action<Stream> write, string? previous)
    {
        string temporary = path + TemporaryEnding;
        try
        {
            using (var stream = new WrittenFile(new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None)))
            {
                write(stream);
                stream.FlushToDisk();
            }
            if (!OperatingSystem.IsWindows() && File.Exists(path))
            {
                File.SetUnixFileMode(temporary, File.GetUnixFileMode(path));
            }
            if (previous is not null && File.Exists(path))
            {
                File.Move(path, previous, overwrite: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
            throw;
        }
    }

    /// <summary>Whether a path is a device, which has no content to keep.</summary>
    internal static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows() && Path.GetFullPath(path) is string full && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal))
        && File.Exists(full);
}
