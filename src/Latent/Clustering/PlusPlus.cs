using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Latent.Data;
using Latent.Engine;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Clustering;

/// <summary>
/// Greedy k-means++ [Arthur2007]: each next center is the best of 2 + ⌊ln k⌋ rows drawn in proportion to their squared distance
/// from the centers so far, best being the one that leaves the least inertia. All rows take part; weights count as repetitions.
/// </summary>
/// <remarks>
/// One sweep a center: a row's distances to the previous winner and to the candidates are one register of eight, so that the cost
/// is that of reading the data once. Distances are direct differences: a row that equals a center has distance 0 and is never drawn.
/// </remarks>
internal sealed unsafe class PlusPlus
{
    private const int Lanes = SquaredDistances.Lanes;

    private readonly IDataSource<RowChunk> _source;
    private readonly RowScan _scan;
    private readonly int _columns;
    private readonly int _threads;
    private readonly double[][] _nearest;
    private readonly bool[] _current;
    private readonly ConcurrentBag<NearestWorkspace> _workspaces = [];

    private PlusPlus(IDataSource<RowChunk> source, RowScan scan, int columns, int threads)
    {
        _source = source;
        _scan = scan;
        _columns = columns;
        _threads = threads;
        _nearest = Array.ConvertAll(scan.ChunkRows, rows => new double[rows]);
        _current = new bool[_nearest.Length];
        foreach (double[] distances in _nearest)
        {
            distances.AsSpan().Fill(double.PositiveInfinity);
        }
    }

    /// <summary>Chooses <paramref name="clusters"/> rows as centers.</summary>
    /// <exception cref="DegenerateStartException">The data have fewer distinct rows of positive weight.</exception>
    public static KMeansCenters Choose(IDataSource<RowChunk> source, RowScan scan, int columns, int clusters, RandomGenerator random, int threads, CancellationToken cancellation) =>
        new PlusPlus(source, scan, columns, threads).Choose(clusters, random, cancellation);

    private KMeansCenters Choose(int clusters, RandomGenerator random, CancellationToken cancellation)
    {
        int trials = 2 + (int)Math.Log(clusters);
        double[] values = new double[clusters * _columns];
        (int chunk, double within) = RowSampler.DrawChunk(_scan.ChunkWeights, random);
        RowChunk rows = _source.GetChunk(chunk);
        double[] winner = new double[_columns];
        rows.CopyRow(RowSampler.PickRow(rows, default, within), winner);
        winner.CopyTo(values, 0);
        double[] potentials = clusters > 1 ? Sweep(winner, [winner], cancellation)[0] : [];
        for (int center = 1; center < clusters; center++)
        {
            if (!(Sum(potentials) > 0))
            {
                throw RowScan.TooFewDistinct(clusters, center);
            }
            double[][] candidates = new double[trials][];
            for (int trial = 0; trial < trials; trial++)
            {
                candidates[trial] = Draw(potentials, winner, random);
            }
            double[][] outcomes = Sweep(winner, candidates, cancellation);
            int best = 0;
            for (int trial = 1; trial < trials; trial++)
            {
                best = Sum(outcomes[trial]) < Sum(outcomes[best]) ? trial : best;
            }
            (winner, potentials) = (candidates[best], outcomes[best]);
            winner.CopyTo(values, center * _columns);
        }
        return new KMeansCenters(values, _columns);
    }

    /// <summary>Σ w·min(nearest, distance) of every chunk, for each candidate; first takes <paramref name="winner"/> into account.</summary>
    private double[][] Sweep(double[] winner, double[][] candidates, CancellationToken cancellation)
    {
        int groups = (candidates.Length + Lanes) / Lanes;
        double[] points = new double[groups * Lanes * _columns];
        for (int place = 0; place < groups * Lanes; place++)
        {
            double[] point = place == 0 || place > candidates.Length ? winner : candidates[place - 1];
            for (int column = 0; column < _columns; column++)
            {
                points[(place / Lanes * _columns + column) * Lanes + place % Lanes] = point[column];
            }
        }
        double[][] potentials = Array.ConvertAll(candidates, _ => new double[_nearest.Length]);
        ChunkSweep.Run(_nearest.Length, _threads, cancellation, chunk =>
        {
            double[] sums = new double[groups * Lanes];
            Visit(chunk, points, groups, sums);
            for (int candidate = 0; candidate < potentials.Length; candidate++)
            {
                potentials[candidate][chunk] = sums[candidate + 1];
            }
        });
        Array.Clear(_current);
        return potentials;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Visit(int index, double[] points, int groups, double[] sums)
    {
        RowChunk chunk = _source.GetChunk(index);
        NearestWorkspace work = _workspaces.TryTake(out NearestWorkspace? free) ? free : new NearestWorkspace(_columns);
        fixed (double* weights = chunk.Weights, nearest = _nearest[index], p = points, sum = sums)
        {
            for (int start = 0; start < chunk.Rows; start += NearestWorkspace.TileRows)
            {
                int count = Math.Min(NearestWorkspace.TileRows, chunk.Rows - start);
                fixed (double* x = work.Rows(chunk, start, count))
                {
                    for (int group = 0; group < groups; group++)
                    {
                        SquaredDistances.Potentials(
                            x, count, _columns, p + group * Lanes * _columns, group == 0 && !_current[index], nearest + start,
                            weights == null ? null : weights + start, sum + group * Lanes);
                    }
                }
            }
        }
        _workspaces.Add(work);
    }

    /// <summary>Draws one row; its chunk alone is brought up to date with the last winner for that.</summary>
    private double[] Draw(double[] potentials, double[] winner, RandomGenerator random)
    {
        (int index, double within) = RowSampler.DrawChunk(potentials, random);
        if (!_current[index])
        {
            double[] points = new double[Lanes * _columns];
            for (int cell = 0; cell < points.Length; cell++)
            {
                points[cell] = winner[cell / Lanes];
            }
            Visit(index, points, 1, new double[Lanes]);
            _current[index] = true;
        }
        RowChunk chunk = _source.GetChunk(index);
        double[] row = new double[_columns];
        chunk.CopyRow(RowSampler.PickRow(chunk, _nearest[index], within), row);
        return row;
    }

    private static double Sum(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }
        return sum;
    }
}
