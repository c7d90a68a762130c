using Latent.Data;
using Latent.Kernels;

namespace Latent.Families;

/// <summary>The logarithms of a tile's first column, computed once for all components and families that ask.</summary>
internal static class LogTile
{
    private static readonly object _owner = new();

    /// <summary>A tile of one column with as many rows.</summary>
    public static RowTile Of(RowTile tile)
    {
        RowTile logs = tile.Keep(_owner, static _ => new RowTile(1), out bool stale);
        if (stale)
        {
            logs.Resize(tile);
            Elementary.Log(tile.Column(0), logs.Column(0));
        }
        return logs;
    }
}
