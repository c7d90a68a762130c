using Latent.Data;

namespace Latent.IO;

/// <summary>Some columns of a source too large to be copied: each chunk is picked when it is asked for.</summary>
internal sealed class PickedColumns(RowSource source, int[] columns, Schema schema) : RowSource(schema, source.Rows), IDisposable
{
    /// <inheritdoc/>
    protected override RowChunk ReadRows(long firstRow, int count)
    {
        RowChunk rows = source.GetRows(firstRow, count);
        return rows.IsSingle
            ? new RowChunk(Pick(rows.Singles, rows.Columns), columns.Length, default, firstRow)
            : new RowChunk(Pick(rows.Values, rows.Columns), columns.Length, default, firstRow);
    }

    public void Dispose() => (source as IDisposable)?.Dispose();

    private T[] Pick<T>(ReadOnlySpan<T> cells, int stride)
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
}
