using Latent.Data;

namespace Latent.IO;

/// <summary>Rows that lie one after the other in a mapped file, as float64 or float32.</summary>
internal sealed class MappedArray(MappedFile file, long offset, bool single, long rows, int columns)
{
    private readonly int _cell = single ? sizeof(float) : sizeof(double);

    // Kept, so that passes allocate nothing. Two threads may make one twice, which does no harm.
    private readonly object?[] _chunks = new object?[(rows + RowSource.ChunkRows - 1) / RowSource.ChunkRows];

    public MappedFile File => file;

    public long Rows => rows;

    /// <summary>A view of consecutive rows, all of which exist.</summary>
    /// <exception cref="DataFormatException">The file has changed since it was opened.</exception>
    public RowChunk Read(long firstRow, int count)
    {
        file.Prepare(offset + firstRow * columns * _cell, (long)count * columns * _cell);
        int start = (int)(firstRow % RowSource.ChunkRows);
        if (count == 0 || start + count > RowSource.ChunkRows)
        {
            return ToChunk(View(firstRow, count), firstRow);
        }
        long index = firstRow / RowSource.ChunkRows;
        long first = index * RowSource.ChunkRows;
        RowChunk chunk = ToChunk(_chunks[index] ??= View(first, (int)Math.Min(RowSource.ChunkRows, rows - first)), first);
        return start == 0 && count == chunk.Rows ? chunk : chunk.Slice(start, count);
    }

    private object View(long firstRow, int count)
    {
        int length = checked(count * columns);
        long first = offset + firstRow * columns * _cell;
        return single ? new MappedMemory<float>(file, first, length) : new MappedMemory<double>(file, first, length);
    }

    private RowChunk ToChunk(object view, long firstRow) => view is MappedMemory<float> singles
        ? new RowChunk(singles.Memory, columns, default, firstRow)
        : new RowChunk(((MappedMemory<double>)view).Memory, columns, default, firstRow);
}
