namespace Latent;

/// <summary>
/// Where checkpoints are kept: one that is replaced as a whole or not at all, and the one before it. <c>Latent.IO.CheckpointFile</c> keeps them in files.
/// </summary>
public interface ICheckpointStore
{
    /// <summary>What messages call it, such as a path.</summary>
    string Name { get; }

    /// <summary>Replaces the checkpoint. Whenever the process is killed, what can be read afterwards is the old content or the new one, never a part.</summary>
    /// <param name="write">Writes the content.</param>
    /// <param name="keepLast">Whether the checkpoint that is there becomes the one before; false where it is known to be damaged.</param>
    /// <exception cref="IOException">It could not be written; what was there is unchanged.</exception>
    void Write(Action<Stream> write, bool keepLast);

    /// <summary>The checkpoints that can be tried, the newest first; empty when there is none.</summary>
    IReadOnlyList<CheckpointCopy> Copies();
}

/// <summary>A stored checkpoint, whole or damaged.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Open">Opens it for reading.</param>
public sealed record CheckpointCopy(string Name, Func<Stream> Open);
