namespace Latent.Data;

/// <summary>
/// Consecutive rows of a table, row-major, with optional weights: the chunk of every model of independent rows.
/// </summary>
/// <remarks>
/// Missing cells are NaN. A categorical column holds the codes 0, 1, … of its levels. Values are float64
/// (<see cref="Values"/>) or, when <see cref="IsSingle"/>, float32 (<see cref="Singles"/>).
/// </remarks>
public readonly struct RowChunk
{
    private readonly ReadOnlyMemory<double> _values;
    private readonly ReadOnlyMemory<float> _singles;
    private readonly ReadOnlyMemory<double> _weights;

    /// <summary>A chunk of float64 rows.</summary>
    /// <param name="values">Row-major values, rows × <paramref name="columns"/>.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="weights">One non-negative weight per row, or empty: all one.</param>
    /// <param name="firstRow">The index of the first row in the whole data set.</param>
    public RowChunk(ReadOnlyMemory<double> values, int columns, ReadOnlyMemory<double> weights = default, long firstRow = 0)
        : this(values.Length, columns, weights, firstRow) => _values = values;

    /// <summary>A chunk of float32 rows.</summary>
    /// <inheritdoc cref="RowChunk(ReadOnlyMemory{double}, int, ReadOnlyMemory{double}, long)"/>
    public RowChunk(ReadOnlyMemory<float> values, int columns, ReadOnlyMemory<double> weights = default, long firstRow = 0)
        : this(values.Length, columns, weights, firstRow)
    {
        _singles = values;
        IsSingle = true;
    }

    private RowChunk(int length, int columns, ReadOnlyMemory<double> weights, long firstRow)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Rows = length / columns;
        if (Rows * columns != length)
        {
            throw new ArgumentException($"Expected a multiple of {columns} values, found {length}.");
        }
        if (!weights.IsEmpty && weights.Length != Rows)
        {
            throw new ArgumentException($"Expected {Rows} weights, one per row, found {weights.Length}.", nameof(weights));
        }
        Columns = columns;
        _weights = weights;
        FirstRow = firstRow;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Values per row.</summary>
    public int Columns { get; }

    /// <summary>The index of the first row in the whole data set.</summary>
    public long FirstRow { get; }

    /// <summary>Whether the values are float32.</summary>
    public bool IsSingle { get; }

    /// <summary>Float64 values, row-major; empty when <see cref="IsSingle"/>.</summary>
    public ReadOnlySpan<double> Values => _values.Span;

    /// <summary>Float32 values, row-major; empty unless <see cref="IsSingle"/>.</summary>
    public ReadOnlySpan<float> Singles => _singles.Span;

    /// <summary>One weight per row, or empty when all are one.</summary>
    public ReadOnlySpan<double> Weights => _weights.Span;

    /// <summary>What is known of the rows' components, for mixtures; empty where nothing is.</summary>
    public KnownComponents Known { get; private init; }

    /// <summary>The cell at row (within this chunk) and column, as float64.</summary>
    public double this[int row, int column] => IsSingle ? Singles[row * Columns + column] : Values[row * Columns + column];

    /// <summary>Copies one row, as float64.</summary>
    public void CopyRow(int row, Span<double> target)
    {
        if (!IsSingle)
        {
            Values.Slice(row * Columns, Columns).CopyTo(target);
            return;
        }
        ReadOnlySpan<float> cells = Singles.Slice(row * Columns, Columns);
        for (int column = 0; column < cells.Length; column++)
        {
            target[column] = cells[column];
        }
    }

    /// <summary>Rows [<paramref name="start"/>, start + <paramref name="count"/>) with their weights, without a copy.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not all in this chunk.</exception>
    public RowChunk Slice(int start, int count)
    {
        ReadOnlyMemory<double> weights = _weights.IsEmpty ? default : _weights.Slice(start, count);
        return IsSingle
            ? new RowChunk(_singles.Slice(start * Columns, count * Columns), Columns, weights, FirstRow + start) { Known = Known.Slice(start, count) }
            : new RowChunk(_values.Slice(start * Columns, count * Columns), Columns, weights, FirstRow + start) { Known = Known.Slice(start, count) };
    }

    /// <summary>The same rows under other weights, at another place in the data set.</summary>
    /// <param name="weights">One non-negative weight per row, or empty: all one.</param>
    /// <param name="firstRow">The index of the first row in the whole data set.</param>
    /// <exception cref="ArgumentException">The number of weights is not that of the rows.</exception>
    public RowChunk WithWeights(ReadOnlyMemory<double> weights, long firstRow) => IsSingle
        ? new RowChunk(_singles, Columns, weights, firstRow) { Known = Known }
        : new RowChunk(_values, Columns, weights, firstRow) { Known = Known };

    /// <summary>The same rows with what is known of their components.</summary>
    /// <param name="known">As many rows, or empty.</param>
    /// <exception cref="ArgumentException">The number of rows differs.</exception>
    public RowChunk WithKnown(KnownComponents known) => known.IsEmpty || known.Rows == Rows
        ? this with { Known = known }
        : throw new ArgumentException($"Expected what is known of {Rows} rows, found it of {known.Rows}.", nameof(known));
}
