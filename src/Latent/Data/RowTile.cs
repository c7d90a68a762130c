using Latent.Kernels;

namespace Latent.Data;

/// <summary>
/// Up to <see cref="Capacity"/> rows, transposed so that one column's values lie side by side: one SIMD lane is one row.
/// Filled once and shared by all components; reused from tile to tile.
/// </summary>
public sealed class RowTile
{
    /// <summary>The most rows a tile holds, and the distance between the starts of two columns.</summary>
    public const int Capacity = 64;

    /// <summary>Row counts are padded to a multiple of this: the widest SIMD register in doubles.</summary>
    public const int Lane = 8;

    private readonly AlignedBuffer _values;
    private readonly AlignedBuffer _weights = new(Capacity);
    private readonly AlignedBuffer _floor = new(Capacity);
    private readonly List<(object Owner, object Value, long Load)> _kept = [];
    private long _loads;

    /// <summary>A tile for rows of <paramref name="columns"/> values.</summary>
    public RowTile(int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Columns = columns;
        _values = new AlignedBuffer(columns * Capacity);
    }

    /// <summary>Values per row.</summary>
    public int Columns { get; }

    /// <summary>Rows that the tile holds now.</summary>
    public int Rows { get; private set; }

    /// <summary><see cref="Rows"/> rounded up to a multiple of <see cref="Lane"/>.</summary>
    public int PaddedRows { get; private set; }

    /// <summary>Whether any row has a weight other than one.</summary>
    public bool Weighted { get; private set; }

    /// <summary>All columns, column-major with stride <see cref="Capacity"/>; only the first <see cref="PaddedRows"/> of each are set.</summary>
    public Span<double> Values => _values.Span;

    /// <summary>The values of one column, <see cref="PaddedRows"/> long. Missing cells are NaN.</summary>
    public Span<double> Column(int column) => _values.Span.Slice(column * Capacity, PaddedRows);

    /// <summary>Row weights, <see cref="PaddedRows"/> long; the padding's are zero.</summary>
    public ReadOnlySpan<double> Weights => _weights.Span[..PaddedRows];

    /// <summary>
    /// Per row, a log-density below which the caller cannot tell the value from −∞; −∞ where all matters. A family may
    /// stop early and return −∞ for rows that stay below it, or ignore it.
    /// </summary>
    public Span<double> Floor => _floor.Span[..PaddedRows];

    /// <summary>The runs of rows with the same missing cells, where the mapping has looked for them.</summary>
    internal MissingRuns Missing => field ??= new MissingRuns(Columns);

    /// <summary>What the values were mapped with, if they were; null after <see cref="Load"/>.</summary>
    internal object? Frame { get; set; }

    /// <summary>
    /// What an owner keeps with the tile, such as functions of the data that all components need: made when first asked for, and to be filled anew by
    /// whoever finds it stale.
    /// </summary>
    /// <param name="owner">Whose it is, compared by reference.</param>
    /// <param name="make">Makes it, once per tile.</param>
    /// <param name="stale">Whether rows have come in since it was last asked for.</param>
    public TKept Keep<TOwner, TKept>(TOwner owner, Func<TOwner, TKept> make, out bool stale)
        where TOwner : class
        where TKept : class
    {
        for (int index = 0; index < _kept.Count; index++)
        {
            if (ReferenceEquals(_kept[index].Owner, owner) && _kept[index].Value is TKept value)
            {
                stale = _kept[index].Load != _loads;
                _kept[index] = (owner, value, _loads);
                return value;
            }
        }
        stale = true;
        TKept made = make(owner);
        _kept.Add((owner, made, _loads));
        return made;
    }

    /// <summary>Fills the tile with rows [<paramref name="start"/>, start + <paramref name="count"/>) of the chunk.</summary>
    /// <exception cref="ArgumentException">The chunk has another number of columns.</exception>
    public void Load(in RowChunk chunk, int start, int count)
    {
        if (chunk.Columns != Columns)
        {
            throw new ArgumentException($"Expected rows of {Columns} columns, found {chunk.Columns}.", nameof(chunk));
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity);
        Frame = null;
        _loads++;
        Rows = count;
        PaddedRows = (count + Lane - 1) & -Lane;
        if (chunk.IsSingle)
        {
            Transposition.Run(chunk.Singles.Slice(start * Columns, count * Columns), count, Columns, Values, Capacity, Simd.Level);
        }
        else
        {
            Transposition.Run(chunk.Values.Slice(start * Columns, count * Columns), count, Columns, Values, Capacity, Simd.Level);
        }
        Pad();
        LoadWeights(chunk, start);
        Floor.Fill(double.NegativeInfinity);
    }

    /// <summary>Takes the row count, weights and floor of another tile of as many columns; the values are then to be written.</summary>
    public void Resize(RowTile like)
    {
        Frame = null;
        _loads++;
        Rows = like.Rows;
        PaddedRows = like.PaddedRows;
        Weighted = like.Weighted;
        like._weights.Span.CopyTo(_weights.Span);
        Floor.Fill(double.NegativeInfinity);
    }

    private void LoadWeights(in RowChunk chunk, int start)
    {
        Weighted = !chunk.Weights.IsEmpty;
        if (Weighted)
        {
            chunk.Weights.Slice(start, Rows).CopyTo(_weights.Span);
        }
        else
        {
            _weights.Span[..Rows].Fill(1);
        }
        _weights.Span[Rows..].Clear();
    }

    private void Pad()
    {
        for (int column = 0; column < Columns && Rows < PaddedRows; column++)
        {
            Span<double> target = Column(column);
            target[Rows..].Fill(target[Rows - 1]);
        }
    }
}
