using Latent.Data;
using Latent.Kernels;

namespace Latent.Incomplete;

/// <summary>
/// Rows that share missing patterns, or what is sufficient of them: the chunk of a model of incomplete rows. Made by <see cref="PatternRows"/>.
/// </summary>
/// <remarks>
/// Values are relative to an origin, 0 where missing, in tiles of 64 rows, column-major. A row has two weights: that of its outer product, and
/// its count of observations. A plain row has its weight as both. Of a pattern with many rows there are only their mean, counted as all of them, and a
/// factor of their scatter, whose rows are no observations and count 0.
/// </remarks>
public sealed class PatternChunk
{
    private readonly int[] _patternOf;
    private readonly int[] _columns;
    private readonly int[] _observed;
    private readonly double[] _patternCounts;
    private readonly AlignedBuffer _values;
    private readonly AlignedBuffer _weights;
    private readonly AlignedBuffer _counts;

    internal PatternChunk(double[] origin, int rows, int[] patternOf, int[] columns, int[] observed)
    {
        Origin = origin;
        Rows = rows;
        _patternOf = patternOf;
        _columns = columns;
        _observed = observed;
        _patternCounts = new double[observed.Length];
        _values = new AlignedBuffer(Tiles * Columns * RowTile.Capacity);
        _weights = new AlignedBuffer(Tiles * RowTile.Capacity);
        _counts = new AlignedBuffer(Tiles * RowTile.Capacity);
    }

    /// <summary>Values per row.</summary>
    public int Columns => Origin.Length;

    /// <summary>Rows that stand for the data.</summary>
    public int Rows { get; }

    /// <summary>Patterns in this chunk.</summary>
    public int Patterns => _observed.Length;

    /// <summary>What values are relative to.</summary>
    internal double[] Origin { get; }

    internal int Tiles => (Rows + RowTile.Capacity - 1) / RowTile.Capacity;

    /// <summary>Rows of a tile, padded to a multiple of eight by rows of zeros and weight 0.</summary>
    internal int PaddedRows(int tile) => (Math.Min(RowTile.Capacity, Rows - tile * RowTile.Capacity) + RowTile.Lane - 1) & -RowTile.Lane;

    internal ReadOnlySpan<double> Values(int tile) => _values.Span.Slice(tile * Columns * RowTile.Capacity, Columns * RowTile.Capacity);

    internal ReadOnlySpan<double> Weights(int tile) => _weights.Span.Slice(tile * RowTile.Capacity, PaddedRows(tile));

    internal ReadOnlySpan<double> Counts(int tile) => _counts.Span.Slice(tile * RowTile.Capacity, PaddedRows(tile));

    /// <summary>The pattern of a row, an index in this chunk.</summary>
    internal int PatternOf(int row) => _patternOf[row];

    internal ReadOnlySpan<int> Observed(int pattern) => _columns.AsSpan(pattern * Columns, _observed[pattern]);

    internal ReadOnlySpan<int> Missing(int pattern) => _columns.AsSpan(pattern * Columns + _observed[pattern], Columns - _observed[pattern]);

    /// <summary>Observations of a pattern in this chunk, weights included.</summary>
    internal double CountOf(int pattern) => _patternCounts[pattern];

    /// <summary>The values of a row as they were, NaN where missing.</summary>
    internal void CopyRow(int row, Span<double> target)
    {
        target.Fill(double.NaN);
        ReadOnlySpan<double> values = Values(row / RowTile.Capacity);
        foreach (int column in Observed(_patternOf[row]))
        {
            target[column] = values[column * RowTile.Capacity + row % RowTile.Capacity] + Origin[column];
        }
    }

    internal double WeightOf(int row) => _weights.Span[row];

    internal double RowCountOf(int row) => _counts.Span[row];

    /// <summary>Sets a row from values relative to the origin, as many as its pattern observes.</summary>
    internal void Set(int row, ReadOnlySpan<double> observed, double weight, double count)
    {
        int pattern = _patternOf[row];
        Span<double> values = _values.Span.Slice(row / RowTile.Capacity * Columns * RowTile.Capacity, Columns * RowTile.Capacity);
        ReadOnlySpan<int> columns = Observed(pattern);
        for (int i = 0; i < columns.Length; i++)
        {
            values[columns[i] * RowTile.Capacity + row % RowTile.Capacity] = observed[i];
        }
        _weights.Span[row] = weight;
        _counts.Span[row] = count;
        _patternCounts[pattern] += count;
    }
}
