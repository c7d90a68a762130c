namespace Latent.Data;

/// <summary>The rows of a tile as runs of consecutive rows in which the same cells are missing. Belongs to one tile and is used again for each that follows.</summary>
internal sealed class MissingRuns
{
    private const int MostKnown = 1 << 14;

    private readonly int _columns;
    private readonly ulong[] _masks;
    private readonly int _words;
    private readonly int[] _starts = new int[RowTile.Capacity + 1];
    private readonly MissingCells[] _patterns = new MissingCells[RowTile.Capacity];
    private readonly Dictionary<int, MissingCells> _known = [];

    /// <summary>Runs of a tile of so many columns.</summary>
    public MissingRuns(int columns)
    {
        _columns = columns;
        _words = (columns + 63) / 64;
        _masks = new ulong[_words * RowTile.Capacity];
    }

    /// <summary>The number of runs.</summary>
    public int Count { get; private set; }

    /// <summary>The first row of a run; that after the last is the number of rows.</summary>
    public int Start(int run) => _starts[run];

    /// <summary>What is missing in the rows of a run.</summary>
    public MissingCells Pattern(int run) => _patterns[run];

    /// <summary>Reads a tile, and writes its rows with other values in place of the missing ones.</summary>
    /// <param name="source">The rows as they are.</param>
    /// <param name="fill">One value per column.</param>
    /// <param name="target">Receives the filled rows.</param>
    public void Complete(RowTile source, ReadOnlySpan<double> fill, RowTile target)
    {
        _masks.AsSpan().Clear();
        for (int column = 0; column < _columns; column++)
        {
            ReadOnlySpan<double> from = source.Column(column);
            Span<double> to = target.Column(column);
            double replacement = fill[column];
            for (int row = 0; row < from.Length; row++)
            {
                bool missing = double.IsNaN(from[row]);
                to[row] = missing ? replacement : from[row];
                _masks[row * _words + column / 64] |= missing ? 1UL << (column % 64) : 0;
            }
        }
        // The padding repeats a real row and belongs to its run.
        Count = 0;
        for (int row = 0; row < source.PaddedRows; row++)
        {
            ReadOnlySpan<ulong> mask = _masks.AsSpan(row * _words, _words);
            if (Count == 0 || !_patterns[Count - 1].Is(mask))
            {
                _starts[Count] = row;
                _patterns[Count++] = Known(mask);
            }
        }
        _starts[Count] = source.PaddedRows;
    }

    private MissingCells Known(ReadOnlySpan<ulong> mask)
    {
        int hash = MissingCells.Hash(mask);
        if (_known.TryGetValue(hash, out MissingCells? found) && found.Is(mask))
        {
            return found;
        }
        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }
        return _known[hash] = new MissingCells(mask);
    }
}
