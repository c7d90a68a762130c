namespace Latent;

/// <summary>
/// Data in chunks whose borders depend on the data alone. Restartable (every chunk can be asked for again) and safe
/// to read from many threads.
/// </summary>
/// <typeparam name="TChunk">The kind of chunk.</typeparam>
public interface IDataSource<out TChunk>
{
    /// <summary>The number of chunks.</summary>
    int ChunkCount { get; }

    /// <summary>The chunk at <paramref name="index"/>, the same each time.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not in [0, <see cref="ChunkCount"/>).</exception>
    TChunk GetChunk(int index);
}
