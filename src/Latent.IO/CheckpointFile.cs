namespace Latent.IO;

/// <summary>
/// A checkpoint in a file, and the one before it beside it, under the same name with the ending ".previous". Whenever the process is killed, also while writing,
/// one of the two is whole.
/// </summary>
/// <example><code>
/// GaussianMixture.Fit(rows, 20, new() { Checkpoint = new CheckpointOptions(new CheckpointFile("fit.checkpoint")) { Resume = true } });
/// </code></example>
public sealed class CheckpointFile : ICheckpointStore
{
    /// <summary>The ending of the checkpoint before the newest.</summary>
    public const string PreviousEnding = ".previous";

    private readonly string _path;

    /// <summary>A checkpoint at a path; the folder must exist.</summary>
    public CheckpointFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
    }

    /// <inheritdoc/>
    public string Name => _path;

    /// <inheritdoc/>
    public void Write(Action<Stream> write, bool keepLast)
    {
        ArgumentNullException.ThrowIfNull(write);
        AtomicFile.Write(_path, write, keepLast ? _path + PreviousEnding : null);
    }

    /// <inheritdoc/>
    public IReadOnlyList<CheckpointCopy> Copies() =>
        [.. new[] { _path, _path + PreviousEnding }.Where(path => File.Exists(path) && !AtomicFile.IsDevice(path)).Select(path => new CheckpointCopy(path, () => File.OpenRead(path)))];
}
