using System.Numerics;
using System.Runtime.InteropServices;

namespace Latent.Data;

/// <summary>
/// What one pass over all cells of a table finds: missing cells per column, and the first infinite one.
/// </summary>
public sealed class CellSummary
{
    private readonly long[] _missingIn;

    private CellSummary(int columns) => _missingIn = new long[columns];

    /// <summary>The number of missing cells (NaN).</summary>
    public long MissingCells { get; private set; }

    /// <summary>The number of missing cells of each column.</summary>
    public IReadOnlyList<long> MissingIn => _missingIn;

    /// <summary>The row index of the first infinite cell, or −1.</summary>
    public long InfiniteRow { get; private set; } = -1;

    /// <summary>The column of the first infinite cell, or −1.</summary>
    public int InfiniteColumn { get; private set; } = -1;

    /// <summary>Reads every cell of <paramref name="source"/> once.</summary>
    public static CellSummary Of(IRowSource source)
    {
        var summary = new CellSummary(source.Columns);
        for (int index = 0; index < source.ChunkCount; index++)
        {
            RowChunk chunk = source.GetChunk(index);
            if (chunk.IsSingle ? !AllFinite(chunk.Singles) : !AllFinite(chunk.Values))
            {
                summary.Add(chunk);
            }
        }
        return summary;
    }

    private void Add(in RowChunk chunk)
    {
        for (int row = 0; row < chunk.Rows; row++)
        {
            for (int column = 0; column < chunk.Columns; column++)
            {
                double cell = chunk[row, column];
                if (double.IsNaN(cell))
                {
                    _missingIn[column]++;
                    MissingCells++;
                }
                else if (double.IsInfinity(cell) && InfiniteRow < 0)
                {
                    InfiniteRow = chunk.FirstRow + row;
                    InfiniteColumn = column;
                }
            }
        }
    }

    // x − x is 0 for a finite x, NaN for NaN and ±∞; whole registers at memory speed.
    private static bool AllFinite<T>(ReadOnlySpan<T> values) where T : unmanaged, IFloatingPointIeee754<T>
    {
        ReadOnlySpan<Vector<T>> vectors = MemoryMarshal.Cast<T, Vector<T>>(values);
        Vector<T> sum = Vector<T>.Zero;
        foreach (Vector<T> vector in vectors)
        {
            sum += vector - vector;
        }
        T rest = Vector.Sum(sum);
        foreach (T value in values[(vectors.Length * Vector<T>.Count)..])
        {
            rest += value - value;
        }
        return rest == T.Zero;
    }
}
