namespace Latent.Testing;

/// <summary>
/// Checkpoints in memory: all of them, so that a test can resume from any, and can damage them. Writing can be made to fail.
/// </summary>
public sealed class CheckpointHistory : ICheckpointStore
{
    private readonly List<byte[]> _written = [];
    private byte[]? _last;
    private byte[]? _previous;

    /// <summary>A store without a checkpoint.</summary>
    public CheckpointHistory()
    {
    }

    /// <summary>A store that holds a checkpoint and, where given, the one before it.</summary>
    public CheckpointHistory(byte[] last, byte[]? previous = null) => (_last, _previous) = (last, previous);

    /// <inheritdoc/>
    public string Name => "memory";

    /// <summary>Everything that was written, in order.</summary>
    public IReadOnlyList<byte[]> Written => _written;

    /// <summary>The checkpoint before the newest, or null.</summary>
    public byte[]? Previous => _previous;

    /// <summary>What writing throws from now on; null: it succeeds.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Called after every checkpoint.</summary>
    public Action? Wrote { get; set; }

    /// <summary>A store as it was when the process was killed after a checkpoint.</summary>
    public CheckpointHistory After(int checkpoint) => new(_written[checkpoint]);

    /// <inheritdoc/>
    public void Write(Action<Stream> write, bool keepLast)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (Failure is not null)
        {
            throw Failure;
        }
        using MemoryStream stream = new();
        write(stream);
        byte[] content = stream.ToArray();
        (_last, _previous) = (content, keepLast ? _last ?? _previous : _previous);
        _written.Add(content);
        Wrote?.Invoke();
    }

    /// <inheritdoc/>
    public IReadOnlyList<CheckpointCopy> Copies()
    {
        List<CheckpointCopy> copies = [];
        foreach ((string name, byte[]? content) in new[] { (Name, _last), (Name + ".previous", _previous) })
        {
            if (content is not null)
            {
                copies.Add(new CheckpointCopy(name, () => new MemoryStream(content, writable: false)));
            }
        }
        return copies;
    }
}
