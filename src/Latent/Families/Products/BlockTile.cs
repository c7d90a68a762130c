using Latent.Data;

namespace Latent.Families;

/// <summary>The rows of one block of columns as a tile of their own. A row with a missing cell repeats another one, and is not to be counted.</summary>
internal sealed class BlockTile(int firstColumn, int columns)
{
    private readonly double[] _observed = new double[RowTile.Capacity];

    /// <summary>The rows.</summary>
    public RowTile Tile { get; } = new(columns);

    /// <summary>1 where the row has all cells of the block, else 0.</summary>
    public ReadOnlySpan<double> Observed => _observed.AsSpan(0, Tile.PaddedRows);

    /// <summary>Whether any row misses a cell.</summary>
    public bool AnyMissing { get; private set; }

    /// <summary>Whether every row does, so that the tile holds nothing to evaluate.</summary>
    public bool AllMissing { get; private set; }

    /// <summary>Takes the block's columns of the rows in <paramref name="whole"/>.</summary>
    public void Load(RowTile whole)
    {
        Tile.Resize(whole);
        int complete = -1;
        AnyMissing = false;
        for (int row = Tile.PaddedRows - 1; row >= 0; row--)
        {
            bool missing = false;
            for (int column = 0; column < columns; column++)
            {
                missing |= double.IsNaN(whole.Column(firstColumn + column)[row]);
            }
            _observed[row] = missing ? 0 : 1;
            AnyMissing |= missing;
            complete = missing ? complete : row;
        }
        AllMissing = complete < 0;
        for (int column = 0; column < columns && !AllMissing; column++)
        {
            Span<double> target = Tile.Column(column);
            whole.Column(firstColumn + column).CopyTo(target);
            for (int row = 0; row < target.Length && AnyMissing; row++)
            {
                target[row] = _observed[row] == 0 ? target[complete] : target[row];
            }
        }
    }
}
