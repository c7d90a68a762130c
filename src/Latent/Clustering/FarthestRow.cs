using System.Collections.Concurrent;
using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;

namespace Latent.Clustering;

/// <summary>
/// The policy for empty clusters: each moves to the row that is farthest from its own center, the first such row among
/// equals. The inertia falls by at least that row's share, so that ascent is kept and relocations come to an end.
/// </summary>
internal sealed class FarthestRow
{
    private readonly IDataSource<RowChunk> _source;
    private readonly int _threads;
    private readonly CancellationToken _cancellation;
    private readonly ConcurrentBag<NearestWorkspace> _workspaces = [];

    public FarthestRow(IDataSource<RowChunk> source, int threads, CancellationToken cancellation)
    {
        _source = source;
        _threads = threads;
        _cancellation = cancellation;
    }

    /// <summary>Gives every empty cluster a center, one after the other, each counting for the next.</summary>
    /// <param name="values">Centers, row-major; those of the empty clusters are written.</param>
    /// <param name="columns">Values per center.</param>
    /// <param name="empty">The empty clusters, ascending.</param>
    /// <param name="frame">The frame to search in.</param>
    /// <exception cref="DegenerateStartException">The data have fewer distinct rows than there are clusters.</exception>
    public ImmutableArray<Relocation> Relocate(double[] values, int columns, List<int> empty, Frame frame)
    {
        int clusters = values.Length / columns;
        List<int> live = [.. Enumerable.Range(0, clusters).Except(empty)];
        ImmutableArray<Relocation>.Builder moves = ImmutableArray.CreateBuilder<Relocation>(empty.Count);
        foreach (int cluster in empty)
        {
            double[] standing = new double[live.Count * columns];
            for (int place = 0; place < live.Count; place++)
            {
                values.AsSpan(live[place] * columns, columns).CopyTo(standing.AsSpan(place * columns));
            }
            Candidate farthest = Find(new KMeansCenters(standing, columns), frame);
            if (!(farthest.Distance > 0))
            {
                throw RowScan.TooFewDistinct(clusters, live.Count);
            }
            farthest.Values!.CopyTo(values, cluster * columns);
            moves.Add(new Relocation(cluster, farthest.Row));
            live.Add(cluster);
        }
        return moves.MoveToImmutable();
    }

    private Candidate Find(KMeansCenters centers, Frame frame)
    {
        Candidate[] found = new Candidate[_source.ChunkCount];
        NearestCenters nearest = centers.Packed(frame);
        ChunkSweep.Run(found.Length, _threads, _cancellation, chunk => found[chunk] = InChunk(_source.GetChunk(chunk), centers, nearest));
        Candidate best = default;
        foreach (Candidate candidate in found)
        {
            best = candidate.Distance > best.Distance ? candidate : best;
        }
        return best;
    }

    private Candidate InChunk(RowChunk chunk, KMeansCenters centers, NearestCenters nearest)
    {
        NearestWorkspace work = _workspaces.TryTake(out NearestWorkspace? free) ? free : new NearestWorkspace(centers.Columns);
        Candidate best = default;
        for (int start = 0; start < chunk.Rows; start += NearestWorkspace.TileRows)
        {
            int count = Math.Min(NearestWorkspace.TileRows, chunk.Rows - start);
            ReadOnlySpan<double> rows = work.Rows(chunk, start, count);
            nearest.Assign(rows, NearestWorkspace.Following(chunk, start), work);
            for (int row = 0; row < count; row++)
            {
                ReadOnlySpan<double> x = rows.Slice(row * centers.Columns, centers.Columns);
                double distance = centers.SquaredDistance(x, work.Labels[row]);
                if (distance > best.Distance && (chunk.Weights.IsEmpty || chunk.Weights[start + row] > 0))
                {
                    best = new Candidate(distance, chunk.FirstRow + start + row, x.ToArray());
                }
            }
        }
        _workspaces.Add(work);
        return best;
    }

    private readonly record struct Candidate(double Distance, long Row, double[]? Values);
}
