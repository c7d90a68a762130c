namespace Latent.Data;

/// <summary>Rows in memory: blocks of a fixed number of rows each (the last may be shorter), or one block of all.</summary>
internal sealed class MemoryRows : RowSource
{
    private readonly RowChunk[] _blocks;
    private readonly long _rowsPerBlock;

    /// <summary>One block that holds all rows.</summary>
    public MemoryRows(Schema schema, RowChunk rows) : base(schema, rows.Rows)
    {
        _blocks = [rows];
        _rowsPerBlock = Math.Max(1, rows.Rows);
    }

    /// <summary>Blocks of <see cref="RowSource.ChunkRows"/> rows each, the last of one to that many.</summary>
    public MemoryRows(Schema schema, RowChunk[] blocks) : base(schema, CountRows(blocks))
    {
        _blocks = blocks;
        _rowsPerBlock = ChunkRows;
    }

    /// <summary>A copy of some columns of <paramref name="source"/>, without weights.</summary>
    public static MemoryRows Pick(RowSource source, int[] columns, Schema schema)
    {
        var blocks = new RowChunk[source.ChunkCount];
        for (int index = 0; index < blocks.Length; index++)
        {
            RowChunk chunk = source.GetChunk(index);
            blocks[index] = chunk.IsSingle
                ? new RowChunk(Pick(chunk.Singles, chunk.Columns, columns), columns.Length, default, chunk.FirstRow)
                : new RowChunk(Pick(chunk.Values, chunk.Columns, columns), columns.Length, default, chunk.FirstRow);
        }
        return new MemoryRows(schema, blocks);
    }

    /// <inheritdoc/>
    protected override RowChunk ReadRows(long firstRow, int count)
    {
        if (count == 0)
        {
            return Gather(firstRow, 0);
        }
        RowChunk block = _blocks[(int)(firstRow / _rowsPerBlock)];
        int offset = (int)(firstRow % _rowsPerBlock);
        return offset + count <= block.Rows ? block.Slice(offset, count) : Gather(firstRow, count);
    }

    private RowChunk Gather(long firstRow, int count)
    {
        bool single = _blocks.Length > 0 && _blocks[0].IsSingle;
        double[] values = new double[single ? 0 : checked(count * Columns)];
        float[] singles = new float[single ? checked(count * Columns) : 0];
        for (int done = 0; done < count;)
        {
            RowChunk block = _blocks[(int)((firstRow + done) / _rowsPerBlock)];
            int offset = (int)((firstRow + done) % _rowsPerBlock);
            RowChunk part = block.Slice(offset, Math.Min(count - done, block.Rows - offset));
            part.Values.CopyTo(values.AsSpan(single ? 0 : done * Columns));
            part.Singles.CopyTo(singles.AsSpan(single ? done * Columns : 0));
            done += part.Rows;
        }
        return single ? new RowChunk(singles, Columns, default, firstRow) : new RowChunk(values, Columns, default, firstRow);
    }

    private static T[] Pick<T>(ReadOnlySpan<T> cells, int stride, int[] columns)
    {
        var picked = new T[cells.Length / stride * columns.Length];
        int target = 0;
        for (int row = 0; row < cells.Length; row += stride)
        {
            foreach (int column in columns)
            {
                picked[target++] = cells[row + column];
            }
        }
        return picked;
    }

    private static long CountRows(RowChunk[] blocks)
    {
        long rows = 0;
        foreach (RowChunk block in blocks)
        {
            rows += block.Rows;
        }
        return rows;
    }
}
