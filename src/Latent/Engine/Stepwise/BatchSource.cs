namespace Latent.Engine.Stepwise;

/// <summary>The chunks of one batch: some of a source's, in the order of the draw, or what a caller gave.</summary>
internal sealed class BatchSource<TChunk> : IDataSource<TChunk>
{
    private IDataSource<TChunk>? _data;
    private int[] _pieces = [];
    private TChunk? _single;

    public int ChunkCount { get; private set; }

    public void Set(TChunk chunk) => (_data, _single, ChunkCount) = (null, chunk, 1);

    public void Set(IDataSource<TChunk> data) => (_data, _pieces, ChunkCount) = (data, [], data.ChunkCount);

    public void Set(IDataSource<TChunk> data, ReadOnlySpan<int> pieces) => (_data, _pieces, ChunkCount) = (data, pieces.ToArray(), pieces.Length);

    public TChunk GetChunk(int index) => _data is null ? _single!
        : _data.GetChunk(_pieces.Length > 0 ? _pieces[index] : index);
}
