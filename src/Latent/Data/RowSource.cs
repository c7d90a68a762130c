namespace Latent.Data;

/// <summary>
/// A table of independent rows in chunks of <see cref="ChunkRows"/>: made from arrays, matrices, tensors or objects by
/// <c>From</c>, or read from files. Arrays convert to it without a word, so that a model's fit takes them as they are.
/// </summary>
/// <remarks>
/// <para>Immutable and safe to read from many threads. Every cell is finite or NaN (missing).</para>
/// <para>A storage of your own derives from this class and gives <see cref="ReadRows"/>.</para>
/// </remarks>
public abstract partial class RowSource : IRowSource
{
    /// <summary>Rows per chunk (the last one may hold fewer): the unit of reduction, the same for every storage.</summary>
    public const int ChunkRows = 4096;

    /// <summary>The most columns there can be: a chunk must fit one array.</summary>
    public static readonly int MaxColumns = Array.MaxLength / ChunkRows;

    private ReadOnlyMemory<double> _weights;
    private CellSummary? _summary;

    /// <summary>A table of <paramref name="rows"/> rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of rows is negative, or there are more columns than <see cref="MaxColumns"/>.</exception>
    protected RowSource(Schema schema, long rows)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schema.Count, MaxColumns, "columns");
        Schema = schema;
        Rows = rows;
        TotalWeight = rows;
    }

    /// <inheritdoc/>
    public long Rows { get; }

    /// <inheritdoc/>
    public Schema Schema { get; private set; }

    /// <inheritdoc/>
    public int Columns => Schema.Count;

    /// <inheritdoc/>
    public bool HasWeights { get; private set; }

    /// <summary>One weight per row; empty when there are none.</summary>
    public ReadOnlyMemory<double> Weights => _weights;

    /// <inheritdoc/>
    public double TotalWeight { get; private set; }

    /// <inheritdoc/>
    public KnownComponents Known { get; private set; }

    /// <inheritdoc/>
    public long MissingCells => Summary.MissingCells;

    /// <summary>Whether any cell is missing.</summary>
    public bool HasMissing => MissingCells > 0;

    /// <inheritdoc/>
    public int ChunkCount => checked((int)((Rows + ChunkRows - 1) / ChunkRows));

    /// <summary>Missing cells by column, and the first infinite one if any: found in one pass when first asked for.</summary>
    public CellSummary Summary => _summary ??= CellSummary.Of(this);

    /// <summary>
    /// Consecutive rows without weights. Storage that holds them side by side returns a view; a range that it holds in
    /// parts is copied.
    /// </summary>
    /// <param name="firstRow">The first row, in [0, <see cref="Rows"/>].</param>
    /// <param name="count">The number of rows, all of which exist.</param>
    protected abstract RowChunk ReadRows(long firstRow, int count);

    /// <inheritdoc/>
    public RowChunk GetChunk(int index)
    {
        if ((uint)index >= (uint)ChunkCount)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"Expected a chunk in [0, {ChunkCount}).");
        }
        long first = (long)index * ChunkRows;
        return GetRows(first, (int)Math.Min(ChunkRows, Rows - first));
    }

    /// <summary>Any consecutive rows with their weights; a view where the storage holds them side by side, else a copy.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not all in the table.</exception>
    public RowChunk GetRows(long firstRow, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow + count, Rows);
        RowChunk rows = ReadRows(firstRow, count);
        rows = HasWeights ? rows.WithWeights(_weights.Slice((int)firstRow, count), firstRow) : rows;
        return Known.IsEmpty ? rows : rows.WithKnown(Known.Slice((int)firstRow, count));
    }

    /// <inheritdoc/>
    public double Weight(long row)
    {
        CheckRow(row);
        return HasWeights ? _weights.Span[(int)row] : 1;
    }

    /// <inheritdoc/>
    public void CopyRow(long row, Span<double> target)
    {
        CheckRow(row);
        ReadRows(row, 1).CopyRow(0, target);
    }

    /// <summary>The same rows with weights, replacing any that it has. The memory is not copied: do not change it afterwards.</summary>
    /// <param name="weights">One per row, finite and not negative. A row of weight zero counts as absent.</param>
    /// <exception cref="ArgumentException">The number of weights is not that of the rows, or one is negative or not finite.</exception>
    public RowSource WithWeights(ReadOnlyMemory<double> weights)
    {
        if (weights.Length != Rows)
        {
            throw new ArgumentException($"Expected {Rows} weights, one per row, found {weights.Length}.", nameof(weights));
        }
        ReadOnlySpan<double> values = weights.Span;
        double total = 0;
        for (int row = 0; row < values.Length; row++)
        {
            double weight = values[row];
            if (!(weight >= 0 && double.IsFinite(weight)))
            {
                throw new ArgumentException(
                    $"Expected finite weights that are not negative, found {weight} at index {row}.", nameof(weights));
            }
            total += weight;
        }
        RowSource copy = Copy();
        copy._weights = weights;
        copy.HasWeights = true;
        copy.TotalWeight = total;
        return copy;
    }

    /// <summary>The same rows without weights.</summary>
    public RowSource WithoutWeights()
    {
        RowSource copy = Copy();
        copy._weights = default;
        copy.HasWeights = false;
        copy.TotalWeight = Rows;
        return copy;
    }

    /// <summary>The same rows with what is known of their components, for mixtures; replaces what was known.</summary>
    /// <param name="known">As many rows; the default value for nothing.</param>
    /// <exception cref="ArgumentException">The number of rows differs.</exception>
    public RowSource WithKnown(KnownComponents known)
    {
        if (!known.IsEmpty && known.Rows != Rows)
        {
            throw new ArgumentException($"Expected what is known of {Rows} rows, found it of {known.Rows}.", nameof(known));
        }
        RowSource copy = Copy();
        copy.Known = known;
        return copy;
    }

    /// <summary>The same rows under other names.</summary>
    /// <exception cref="ArgumentException">The number of names is not that of the columns, a name is blank, or two are the same.</exception>
    public RowSource WithNames(params IReadOnlyList<string> names)
    {
        if (names.Count != Columns)
        {
            throw new ArgumentException($"Expected {Columns} names, one per column, found {names.Count}.", nameof(names));
        }
        return WithSchema(new Schema(Schema.Select((column, index) => column.WithName(names[index]))));
    }

    /// <summary>The same rows under another schema.</summary>
    /// <exception cref="ArgumentException">
    /// The number of columns differs, or a column that becomes categorical holds a value that is no code of its levels.
    /// </exception>
    public RowSource WithSchema(Schema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (schema.Count != Columns)
        {
            throw new ArgumentException($"Expected a schema of {Columns} columns, found {schema.Count}.", nameof(schema));
        }
        RowSource copy = Copy();
        copy.Schema = schema;
        for (int column = 0; column < Columns; column++)
        {
            if (schema[column].Kind == ColumnKind.Categorical && !schema[column].Levels.SequenceEqual(Schema[column].Levels))
            {
                copy.CheckCodes(column);
            }
        }
        return copy;
    }

    /// <summary>The named columns, in the order given, copied into memory; the same object when they are all of them in order.</summary>
    /// <exception cref="ArgumentException">A name is not one of the columns, or appears twice.</exception>
    public RowSource Select(params IReadOnlyList<string> columns)
    {
        if (columns.SequenceEqual(Schema.Names, StringComparer.Ordinal))
        {
            return this;
        }
        int[] picked = [.. columns.Select(Schema.Require)];
        var schema = new Schema(picked.Select(column => Schema[column]));
        RowSource selected = MemoryRows.Pick(this, picked, schema);
        selected = Known.IsEmpty ? selected : selected.WithKnown(Known);
        return HasWeights ? selected.WithWeights(_weights) : selected;
    }

    private void CheckCodes(int column)
    {
        int levels = Schema[column].Levels.Count;
        for (int index = 0; index < ChunkCount; index++)
        {
            RowChunk chunk = GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++)
            {
                double code = chunk[row, column];
                if (!double.IsNaN(code) && !(code >= 0 && code < levels && code == Math.Floor(code)))
                {
                    throw new ArgumentException(
                        $"Expected codes 0 to {levels - 1} in categorical column '{Schema[column].Name}', found {code} at row index {chunk.FirstRow + row}.");
                }
            }
        }
    }

    private void CheckRow(long row)
    {
        if ((ulong)row >= (ulong)Rows)
        {
            throw new ArgumentOutOfRangeException(nameof(row), row, $"Expected a row in [0, {Rows}).");
        }
    }

    private RowSource Checked()
    {
        CellSummary summary = Summary;
        return summary.InfiniteRow < 0
            ? this
            : throw new ArgumentException(
                $"Expected finite cells, or NaN where one is missing, found an infinite one at row index {summary.InfiniteRow} in column '{Schema[summary.InfiniteColumn].Name}'.");
    }

    private RowSource Copy() => (RowSource)MemberwiseClone();
}
