using System.Runtime.InteropServices;
using Latent.Data;
using Latent.Kernels;

namespace Latent.Clustering;

/// <summary>The buffers of one thread for walking the rows of a chunk in tiles: rows as float64, their float32 tile, and labels.</summary>
internal sealed unsafe class NearestWorkspace
{
    /// <summary>Rows of a tile.</summary>
    public const int TileRows = CenterScreen.TileRows;

    private const int CacheLine = 64;

    private readonly double[] _wide;
    private readonly float[] _tile;

    public NearestWorkspace(int columns)
    {
        _wide = GC.AllocateArray<double>(TileRows * columns, pinned: true);
        _tile = GC.AllocateArray<float>(TileRows * (columns + 1 + 3) + CacheLine / sizeof(float), pinned: true);
        Labels = GC.AllocateArray<int>(TileRows, pinned: true);
        float* start = (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _tile[0]);
        Tile = (float*)(((nuint)start + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        Best = Tile + TileRows * (columns + 1);
        Second = Best + TileRows;
        Index = Second + TileRows;
    }

    /// <summary>The cluster of each row of the tile.</summary>
    public int[] Labels { get; }

    /// <summary>Sums of squares that run through a chunk.</summary>
    public double[] Lanes { get; } = GC.AllocateArray<double>(ClusterSums.LaneCount, pinned: true);

    /// <summary>Exact distances of one row; grown on demand.</summary>
    public double[] Distances { get; private set; } = [];

    /// <summary>The float32 tile, one column more than the data, on a cache line.</summary>
    public float* Tile { get; }

    public float* Best { get; }

    public float* Second { get; }

    public float* Index { get; }

    /// <summary>Rows of a chunk as float64: a view, or a widened copy of float32 rows.</summary>
    public ReadOnlySpan<double> Rows(in RowChunk chunk, int start, int count) => Rows(chunk, start, count, _wide);

    /// <summary>Rows of a chunk as float64: a view, or float32 rows widened into a buffer.</summary>
    public static ReadOnlySpan<double> Rows(in RowChunk chunk, int start, int count, double[] buffer)
    {
        int columns = chunk.Columns;
        if (!chunk.IsSingle)
        {
            return chunk.Values.Slice(start * columns, count * columns);
        }
        Span<double> wide = buffer.AsSpan(0, count * columns);
        Widen.Run(chunk.Singles.Slice(start * columns, count * columns), wide);
        return wide;
    }

    /// <summary>The memory of the rows after those of a tile.</summary>
    public static ReadOnlySpan<byte> Following(in RowChunk chunk, int start)
    {
        int first = Math.Min(start + TileRows, chunk.Rows) * chunk.Columns;
        int length = Math.Min(start + 2 * TileRows, chunk.Rows) * chunk.Columns - first;
        return chunk.IsSingle
            ? MemoryMarshal.AsBytes(chunk.Singles.Slice(first, length))
            : MemoryMarshal.AsBytes(chunk.Values.Slice(first, length));
    }

    public void EnsureDistances(int length)
    {
        if (Distances.Length < length)
        {
            Distances = GC.AllocateArray<double>(length, pinned: true);
        }
    }
}
