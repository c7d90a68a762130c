using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Latent.Data;

namespace Latent.Factors;

/// <summary>A tile's rows with other values in place of the missing ones, which each component sets for itself. Belongs to one tile and one family.</summary>
/// <param name="columns">d.</param>
internal sealed class FilledTile(int columns)
{
    private readonly double[] _zeros = new double[columns];
    private RowTile? _rows;
    private bool _isComplete;

    /// <summary>The filled copy of a tile with missing cells and where these are; null for a tile without any.</summary>
    public static RowTile? Of(FactorGaussianFamily owner, RowTile tile)
    {
        FilledTile kept = tile.Keep(owner, static family => new FilledTile(family.Columns), out bool stale);
        if (stale)
        {
            kept.Read(tile);
        }
        return kept._isComplete ? null : kept._rows;
    }

    private void Read(RowTile tile)
    {
        _isComplete = IsComplete(tile);
        if (!_isComplete)
        {
            _rows ??= new RowTile(tile.Columns);
            _rows.Resize(tile);
            _rows.Missing.Complete(tile, _zeros, _rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsComplete(RowTile tile)
    {
        for (int column = 0; column < tile.Columns; column++)
        {
            ReadOnlySpan<double> cells = tile.Column(column);
            for (int row = 0; row < cells.Length; row += RowTile.Lane)
            {
                Vector512<double> eight = Vector512.Create(cells[row..]);
                if (!Vector512.EqualsAll(eight, eight))
                {
                    return false;
                }
            }
        }
        return true;
    }
}
