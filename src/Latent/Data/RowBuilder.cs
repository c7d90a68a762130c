using System.Runtime.InteropServices;

namespace Latent.Data;

/// <summary>
/// Collects rows one at a time into a <see cref="RowSource"/>, for readers of files, queries and streams. Memory grows
/// by blocks and is never copied as a whole: at its peak it is the data and at most one block more.
/// </summary>
public sealed class RowBuilder
{
    private const int FirstRows = 64;

    private readonly List<double[]> _blocks = [];
    private int _rowsInLast;

    /// <summary>A builder of rows of <paramref name="columns"/> values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no column, or more than <see cref="RowSource.MaxColumns"/>.</exception>
    public RowBuilder(int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, RowSource.MaxColumns);
        Columns = columns;
    }

    /// <summary>Values per row.</summary>
    public int Columns { get; }

    /// <summary>The number of rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Adds a row and returns it to be filled; its cells are zero.</summary>
    public Span<double> Add()
    {
        if (_blocks.Count == 0)
        {
            _blocks.Add(new double[FirstRows * Columns]);
        }
        else if (_rowsInLast == RowSource.ChunkRows)
        {
            _blocks.Add(new double[RowSource.ChunkRows * Columns]);
            _rowsInLast = 0;
        }
        else if (_rowsInLast * Columns == _blocks[^1].Length)
        {
            Array.Resize(ref CollectionsMarshal.AsSpan(_blocks)[^1], Math.Min(RowSource.ChunkRows, 2 * _rowsInLast) * Columns);
        }
        Rows++;
        return _blocks[^1].AsSpan(_rowsInLast++ * Columns, Columns);
    }

    /// <summary>Adds a copy of <paramref name="row"/>.</summary>
    /// <exception cref="ArgumentException">It has another number of values than <see cref="Columns"/>.</exception>
    public void Add(ReadOnlySpan<double> row)
    {
        if (row.Length != Columns)
        {
            throw new ArgumentException($"Expected a row of {Columns} values, found {row.Length} at row index {Rows}.", nameof(row));
        }
        row.CopyTo(Add());
    }

    /// <summary>Replaces every value so far of one column, such as codes by codes in another order.</summary>
    public void Transform(int column, Func<double, double> map)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Columns);
        for (int index = 0; index < _blocks.Count; index++)
        {
            Span<double> cells = Used(index).Span;
            for (int cell = column; cell < cells.Length; cell += Columns)
            {
                cells[cell] = map(cells[cell]);
            }
        }
    }

    /// <summary>The rows as a source that takes the builder's memory: add nothing afterwards.</summary>
    /// <exception cref="ArgumentException">
    /// The schema has another number of columns, or a cell is infinite, or no code of a categorical column's levels.
    /// </exception>
    public RowSource ToRows(Schema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (schema.Count != Columns)
        {
            throw new ArgumentException($"Expected a schema of {Columns} columns, found {schema.Count}.", nameof(schema));
        }
        var blocks = new RowChunk[_blocks.Count];
        for (int index = 0; index < blocks.Length; index++)
        {
            blocks[index] = new RowChunk(Used(index), Columns, default, (long)index * RowSource.ChunkRows);
        }
        return RowSource.FromBlocks(blocks, schema);
    }

    private Memory<double> Used(int index) =>
        _blocks[index].AsMemory(0, (index < _blocks.Count - 1 ? RowSource.ChunkRows : _rowsInLast) * Columns);
}
