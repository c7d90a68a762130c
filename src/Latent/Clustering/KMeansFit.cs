using Latent.Data;
using Latent.Engine;

namespace Latent.Clustering;

/// <summary>A k-means clustering, and how far it can be trusted.</summary>
public sealed class KMeansFit
{
    private readonly Frame _frame;
    private readonly int _threads;

    internal KMeansFit(KMeansCenters centers, Frame frame, int threads)
    {
        Centers = centers;
        _frame = frame;
        _threads = threads;
    }

    /// <summary>The centers, ordered by the weight of their clusters, largest first; in the order of the start when that was given.</summary>
    public KMeansCenters Centers { get; }

    /// <summary>Σ w·‖x − c‖² over the rows, c the center nearest to x: what k-means makes small.</summary>
    public required double Inertia { get; init; }

    /// <summary>Moves of the centers in the best start.</summary>
    public required int Iterations { get; init; }

    /// <summary>Sweeps over the data by all starts, the choice of their centers excluded.</summary>
    public required int Evaluations { get; init; }

    /// <summary>Why it stopped; <see cref="StopReason.Stationary"/> when no row changes its cluster any more.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>Whether it arrived at a local minimum, or as near to one as the tolerance asked for.</summary>
    public bool Converged => StopReason is StopReason.Converged or StopReason.Stationary;

    /// <summary>The inertia of the best start's centers and after every iteration. It never rises.</summary>
    public required IReadOnlyList<double> Trace { get; init; }

    /// <summary>Every start, in order; the objective is minus the inertia.</summary>
    public required IReadOnlyList<StartReport> Starts { get; init; }

    /// <summary>The share of the starts that came within 10⁻⁶ of the least inertia; 1 for a single start.</summary>
    public required double Agreement { get; init; }

    /// <summary>Clusters that became empty in the best start, and where they were moved.</summary>
    public required IReadOnlyList<Degeneracy> Degeneracies { get; init; }

    /// <summary>Time the fit took, data loading excluded.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The cluster of every row: the nearest center, the lowest index among equals.</summary>
    /// <exception cref="ArgumentException">Rows of another number of columns, or a cell that is not finite.</exception>
    public int[] Predict(IRowSource rows)
    {
        int[] labels = new int[NearestWalk.Checked(rows, Centers.Columns).Rows];
        NearestWalk.Visit(Centers, _frame, rows, _threads, (in RowChunk chunk, int row, ReadOnlySpan<double> _, int label) => labels[chunk.FirstRow + row] = label);
        return labels;
    }

    /// <summary>The cluster of one row.</summary>
    /// <exception cref="ArgumentException">Another number of values than <see cref="Centers"/> has columns, or one that is not finite.</exception>
    public int Predict(ReadOnlySpan<double> row) => Centers.Nearest(row);

    /// <summary>Euclidean distances of every row to every center, rows × centers.</summary>
    /// <exception cref="ArgumentException">Rows of another number of columns, or a cell that is not finite.</exception>
    public double[,] Distances(IRowSource rows)
    {
        double[,] distances = new double[NearestWalk.Checked(rows, Centers.Columns).Rows, Centers.Count];
        NearestWalk.Visit(Centers, _frame, rows, _threads, (in RowChunk chunk, int row, ReadOnlySpan<double> values, int _) =>
        {
            for (int center = 0; center < Centers.Count; center++)
            {
                distances[chunk.FirstRow + row, center] = Math.Sqrt(Centers.SquaredDistance(values, center));
            }
        });
        return distances;
    }

    /// <summary>Minus the inertia of the rows under these centers, weights included: higher is better, 0 for no rows.</summary>
    /// <exception cref="ArgumentException">Rows of another number of columns, or a cell that is not finite.</exception>
    public double Score(IRowSource rows)
    {
        double[] inertia = new double[NearestWalk.Checked(rows, Centers.Columns).ChunkCount];
        KMeansModel model = new(Centers.Columns, Centers.Count, _frame, null);
        ChunkSweep.Run(inertia.Length, _threads, CancellationToken.None, index =>
        {
            RowChunk chunk = rows.GetChunk(index);
            RowScan.CheckCells(chunk);
            inertia[index] = model.Expect(Centers, chunk, new double[model.StatisticLength]);
        });
        return inertia.Sum();
    }
}
