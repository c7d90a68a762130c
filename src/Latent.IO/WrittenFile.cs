namespace Latent.IO;

/// <summary>A file that is written, all of whose failures are an <see cref="IOException"/>: that it has reached a limit on the size of files the system's streams report as an argument out of range.</summary>
/// <param name="file">What is written.</param>
/// <param name="name">What messages call it; null where whoever writes it says so.</param>
internal sealed class WrittenFile(Stream file, string? name = null) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => file.CanRead;

    /// <inheritdoc/>
    public override bool CanSeek => file.CanSeek;

    /// <inheritdoc/>
    public override bool CanWrite => file.CanWrite;

    /// <inheritdoc/>
    public override long Length => file.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => file.Position;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <summary>A new file that others may read, rename and remove while it is written.</summary>
    public static WrittenFile CreateNew(string path) => new(new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1 << 16));

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => file.Read(buffer);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            file.Write(buffer);
        }
        catch (Exception cause) when (cause is ArgumentOutOfRangeException || cause is IOException && name is not null)
        {
            throw Failed(cause);
        }
    }

    /// <inheritdoc/>
    public override void Flush() => Flushed(file.Flush);

    /// <summary>Waits until all is on the disk.</summary>
    public void FlushToDisk() => Flushed(() => (file as FileStream)?.Flush(flushToDisk: true));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        long position = 0;
        Flushed(() => position = file.Seek(offset, origin));
        return position;
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => Flushed(() => file.SetLength(value));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Flushed(file.Dispose);
        }
        base.Dispose(disposing);
    }

    /// <summary>Does what writes the rest of a buffer.</summary>
    private void Flushed(Action action)
    {
        try
        {
            action();
        }
        catch (Exception cause) when (cause is ArgumentOutOfRangeException || cause is IOException && name is not null)
        {
            throw Failed(cause);
        }
    }

    private IOException Failed(Exception cause)
    {
        IOException failure = cause as IOException ?? new("File too large: raise the limit on the size of files (ulimit -f), or write to a file system that takes larger ones", cause);
        return name is null ? failure : new UnwritableException(name, "a file that can be written", failure, "", remedy: null);
    }
}
