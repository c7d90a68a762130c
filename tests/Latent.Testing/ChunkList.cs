namespace Latent.Testing;

/// <summary>Chunks held in memory, in the order given.</summary>
/// <typeparam name="TChunk">The kind of chunk.</typeparam>
public sealed class ChunkList<TChunk>(params IReadOnlyList<TChunk> chunks) : IDataSource<TChunk>
{
    /// <inheritdoc/>
    public int ChunkCount => chunks.Count;

    /// <inheritdoc/>
    public TChunk GetChunk(int index) => chunks[index];
}
