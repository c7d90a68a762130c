using System.Collections.Concurrent;
using Latent.Data;
using Latent.Engine;

namespace Latent.Clustering;

/// <summary>What is done with a row whose nearest center is known.</summary>
internal delegate void NearestVisitor(in RowChunk chunk, int row, ReadOnlySpan<double> values, int label);

/// <summary>Rows with their nearest centers, outside a fit.</summary>
internal static class NearestWalk
{
    /// <summary>The rows, if they have as many columns as the centers.</summary>
    public static IRowSource Checked(IRowSource rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Columns == columns ? rows : throw new ArgumentException($"Expected rows of {columns} columns, found {rows.Columns}.", nameof(rows));
    }

    /// <summary>Visits every row once, on several threads and in no particular order.</summary>
    /// <exception cref="ArgumentException">A cell is not finite.</exception>
    public static void Visit(KMeansCenters centers, Frame frame, IRowSource rows, int threads, NearestVisitor visit)
    {
        NearestCenters nearest = centers.Packed(frame);
        ConcurrentBag<NearestWorkspace> workspaces = [];
        ChunkSweep.Run(rows.ChunkCount, threads, CancellationToken.None, index =>
        {
            RowChunk chunk = rows.GetChunk(index);
            RowScan.CheckCells(chunk);
            NearestWorkspace work = workspaces.TryTake(out NearestWorkspace? free) ? free : new NearestWorkspace(centers.Columns);
            for (int start = 0; start < chunk.Rows; start += NearestWorkspace.TileRows)
            {
                int count = Math.Min(NearestWorkspace.TileRows, chunk.Rows - start);
                ReadOnlySpan<double> values = work.Rows(chunk, start, count);
                nearest.Assign(values, NearestWorkspace.Following(chunk, start), work);
                for (int row = 0; row < count; row++)
                {
                    visit(chunk, start + row, values.Slice(row * centers.Columns, centers.Columns), work.Labels[row]);
                }
            }
            workspaces.Add(work);
        });
    }
}
