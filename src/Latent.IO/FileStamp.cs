using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Latent.IO;

/// <summary>Size and time of a file: what tells whether it is still the one that was opened.</summary>
internal readonly record struct FileStamp(long Length, DateTime Modified)
{
    public static FileStamp Of(SafeFileHandle file) => new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));

    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return new FileStamp(file.Length, file.LastWriteTimeUtc);
    }

    /// <summary>What to say when a file is another than it was.</summary>
    public DataFormatException Changed(string name, FileStamp now) => new(
        name, $"the file to stay as it was while it is read ({this})", $"{now}",
        "begin again when nothing writes to it any more");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Length} bytes, changed at {Modified:yyyy-MM-dd HH:mm:ss.fff}");
}
