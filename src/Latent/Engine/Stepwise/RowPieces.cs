using Latent.Data;

namespace Latent.Engine.Stepwise;

/// <summary>Rows in pieces smaller than chunks, so that a batch comes from several places and several threads share it. Their borders depend on the data alone.</summary>
internal sealed class RowPieces(IRowSource rows) : IDataSource<RowChunk>
{
    public const int PieceRows = 512;

    private const int PerChunk = RowSource.ChunkRows / PieceRows;

    public int ChunkCount { get; } = checked((int)((rows.Rows + PieceRows - 1) / PieceRows));

    public RowChunk GetChunk(int index)
    {
        RowChunk chunk = rows.GetChunk(index / PerChunk);
        int first = index % PerChunk * PieceRows;
        return chunk.Slice(first, Math.Min(PieceRows, chunk.Rows - first));
    }

    /// <summary>Rows in pieces, other data as they are.</summary>
    public static IDataSource<TChunk> Of<TChunk>(IDataSource<TChunk> data) => data is RowSource rows ? (IDataSource<TChunk>)(object)new RowPieces(rows) : data;
}
