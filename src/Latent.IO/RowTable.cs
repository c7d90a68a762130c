using Latent.Data;

namespace Latent.IO;

/// <summary>A table as it was read: the rows of data, and what stood beside them.</summary>
/// <remarks>Disposing it closes a mapped file; chunks of it must not be used afterwards.</remarks>
public sealed class RowTable : IDisposable
{
    private readonly RowSource? _rows;
    private readonly IReadOnlyList<Origin> _origins;

    internal RowTable(
        RowSource? rows, long rowCount, IReadOnlyList<string>? ids, TextColumn? labels, TextColumn? sequence,
        IReadOnlyList<TextColumn> text, IReadOnlyList<string> files, IReadOnlyList<Origin> origins)
    {
        _rows = rows;
        RowCount = rowCount;
        Ids = ids;
        Labels = labels;
        Sequence = sequence;
        Text = text;
        Files = files;
        _origins = origins;
    }

    /// <summary>The columns of data, with their weights.</summary>
    /// <exception cref="InvalidOperationException">The options asked for no columns of data.</exception>
    public RowSource Rows => _rows ?? throw new InvalidOperationException("Expected columns of data, found options that ask for none.");

    /// <summary>The number of rows.</summary>
    public long RowCount { get; }

    /// <summary>The names of the rows, if a column has them.</summary>
    public IReadOnlyList<string>? Ids { get; }

    /// <summary>The known labels, if a column has them.</summary>
    public TextColumn? Labels { get; }

    /// <summary>The sequence of each row, if a column names it: levels in order of appearance.</summary>
    public TextColumn? Sequence { get; }

    /// <summary>The columns of text that were asked for, in that order.</summary>
    public IReadOnlyList<TextColumn> Text { get; }

    /// <summary>The files that were read, in order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Where the rows are while the table is used.</summary>
    public TableStorage Storage { get; init; } = new(TablePlace.Memory, 0, MemoryBudget.Default);

    /// <summary>Where a row stands, such as "faithful.csv, line 12", for messages about it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is not in [0, <see cref="RowCount"/>).</exception>
    public string Where(long row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, RowCount);
        int low = 0;
        int high = _origins.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _origins[middle].FirstRow <= row ? (middle, high) : (low, middle - 1);
        }
        Origin origin = _origins[low];
        string unit = origin.File.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? "row" : "line";
        return $"{origin.File}, {unit} {origin.Line + row - origin.FirstRow}";
    }

    /// <summary>
    /// The rows as sequences: those of one value of <see cref="Sequence"/>, in order, are one, also where others stand
    /// between them; without such a column, all rows are one sequence.
    /// </summary>
    /// <param name="order">For each step of the sequences the row it came from; null where they are the rows in order.</param>
    public SequenceSource ToSequences(out int[]? order)
    {
        order = null;
        if (Sequence is null)
        {
            return SequenceSource.From(Rows);
        }
        ReadOnlySpan<int> codes = Sequence.Codes;
        var lengths = new int[Sequence.Levels.Count];
        bool sorted = true;
        for (int row = 0; row < codes.Length; row++)
        {
            lengths[codes[row]]++;
            sorted &= row == 0 || codes[row] >= codes[row - 1];
        }
        if (sorted)
        {
            return SequenceSource.From(Rows, lengths);
        }
        order = Order(codes, lengths);
        return SequenceSource.From(Permute(Rows, order), lengths);
    }

    /// <summary>Closes a mapped file.</summary>
    public void Dispose() => (_rows as IDisposable)?.Dispose();

    /// <summary>Where runs of rows stand.</summary>
    internal IReadOnlyList<Origin> Origins => _origins;

    /// <summary>Whether there are columns of data.</summary>
    internal bool HasRows => _rows is not null;

    /// <summary>The same table with other data.</summary>
    public RowTable WithRows(RowSource rows) => new(rows, RowCount, Ids, Labels, Sequence, Text, Files, _origins) { Storage = Storage };

    private static int[] Order(ReadOnlySpan<int> codes, int[] lengths)
    {
        var next = new int[lengths.Length];
        for (int sequence = 1; sequence < next.Length; sequence++)
        {
            next[sequence] = next[sequence - 1] + lengths[sequence - 1];
        }
        var order = new int[codes.Length];
        for (int row = 0; row < codes.Length; row++)
        {
            order[next[codes[row]]++] = row;
        }
        return order;
    }

    private static RowSource Permute(RowSource rows, int[] order)
    {
        var builder = new RowBuilder(rows.Columns);
        double[] weights = new double[rows.HasWeights ? order.Length : 0];
        for (int step = 0; step < order.Length; step++)
        {
            rows.CopyRow(order[step], builder.Add());
            if (rows.HasWeights)
            {
                weights[step] = rows.Weight(order[step]);
            }
        }
        RowSource permuted = builder.ToRows(rows.Schema);
        return rows.HasWeights ? permuted.WithWeights(weights) : permuted;
    }
}
