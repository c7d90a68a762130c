using Latent.Data;

namespace Latent.IO;

/// <summary>Several sources of the same columns, one after the other. A chunk that two of them share is copied; all others stay views.</summary>
internal sealed class JoinedRows : RowSource, IDisposable
{
    private readonly RowSource[] _parts;
    private readonly long[] _firsts;
    private readonly bool _single;

    public JoinedRows(Schema schema, IReadOnlyList<RowSource> parts) : base(schema, parts.Sum(part => part.Rows))
    {
        _parts = [.. parts];
        _firsts = new long[_parts.Length];
        for (int part = 1; part < _firsts.Length; part++)
        {
            _firsts[part] = _firsts[part - 1] + _parts[part - 1].Rows;
        }
        _single = Array.TrueForAll(_parts, part => part.GetRows(0, 0).IsSingle);
    }

    /// <inheritdoc/>
    protected override RowChunk ReadRows(long firstRow, int count)
    {
        int index = Array.BinarySearch(_firsts, firstRow);
        index = index >= 0 ? index : ~index - 1;
        long offset = firstRow - _firsts[index];
        if (offset + count > _parts[index].Rows)
        {
            return Gather(index, offset, firstRow, count);
        }
        RowChunk rows = _parts[index].GetRows(offset, count);
        return rows.IsSingle == _single ? rows.WithWeights(default, firstRow) : Widen(rows, firstRow);
    }

    public void Dispose()
    {
        foreach (RowSource part in _parts)
        {
            (part as IDisposable)?.Dispose();
        }
    }

    private RowChunk Gather(int index, long offset, long firstRow, int count)
    {
        double[] values = new double[_single ? 0 : checked(count * Columns)];
        float[] singles = new float[_single ? checked(count * Columns) : 0];
        for (int done = 0; done < count; index++, offset = 0)
        {
            int taken = (int)Math.Min(count - done, _parts[index].Rows - offset);
            RowChunk rows = _parts[index].GetRows(offset, taken);
            if (_single)
            {
                rows.Singles.CopyTo(singles.AsSpan(done * Columns));
            }
            else
            {
                CopyTo(rows, values.AsSpan(done * Columns));
            }
            done += taken;
        }
        return _single ? new RowChunk(singles, Columns, default, firstRow) : new RowChunk(values, Columns, default, firstRow);
    }

    private RowChunk Widen(in RowChunk rows, long firstRow)
    {
        double[] values = new double[checked(rows.Rows * Columns)];
        CopyTo(rows, values);
        return new RowChunk(values, Columns, default, firstRow);
    }

    private void CopyTo(in RowChunk rows, Span<double> target)
    {
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyRow(row, target[(row * Columns)..]);
        }
    }
}
