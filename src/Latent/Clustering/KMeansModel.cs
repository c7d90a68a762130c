using System.Collections.Concurrent;
using System.Collections.Immutable;
using Latent.Data;
using Latent.Kernels;

namespace Latent.Clustering;

/// <summary>
/// k-means as hard EM: the E-step gives each row to its nearest center, the M-step moves each center to the mean of its rows
/// [Lloyd1982]. The objective is minus the inertia, −Σ w·‖x − c(x)‖², so that it ascends as every objective here does.
/// </summary>
/// <remarks>
/// Labels are those of float64 direct differences, the lowest index among equals, for float64 and float32 rows alike. Sums
/// are taken about the current centers, so that an offset of the data costs no digits. Missing cells are not supported:
/// a NaN makes the objective NaN, which the engine reports. A center without rows stays where it is; <see cref="KMeans"/> moves it.
/// </remarks>
public sealed unsafe partial class KMeansModel : IEmModel<KMeansCenters, RowChunk>, IDegeneracyReport<KMeansCenters>
{
    // An M-step moves centers by S/W, which gains Σ‖S‖²/W exactly. When no row changed its cluster S is rounding alone,
    // about 1e-16 of a deviation and the gain 1e-32 of the inertia; one row in 1e9 that did change gains more than 1e-18.
    private const double NoGain = 1e-24;

    private readonly int _columns;
    private readonly int _clusters;
    private readonly Frame _frame;
    private readonly FarthestRow? _farthest;
    private readonly ConcurrentBag<NearestWorkspace> _workspaces = [];

    /// <summary>A model of <paramref name="clusters"/> clusters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one column or cluster.</exception>
    public KMeansModel(int columns, int clusters)
        : this(columns, clusters, null, null)
    {
    }

    internal KMeansModel(int columns, int clusters, Frame? frame, FarthestRow? farthest)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        _columns = columns;
        _clusters = clusters;
        _frame = frame ?? Frame.Plain(columns);
        _farthest = farthest;
    }

    /// <inheritdoc/>
    public int StatisticLength => ClusterStatistic.Length(_clusters, _columns);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The centers or the rows have another shape than the model.</exception>
    public double Expect(KMeansCenters parameters, RowChunk chunk, Span<double> statistic)
    {
        CheckShape(parameters);
        if (chunk.Rows == 0)
        {
            return 0;
        }
        if (chunk.Columns != _columns)
        {
            throw new ArgumentException($"Expected rows of {_columns} columns, found {chunk.Columns}.", nameof(chunk));
        }
        NearestCenters nearest = parameters.Packed(_frame);
        NearestWorkspace work = _workspaces.TryTake(out NearestWorkspace? free) ? free : new NearestWorkspace(_columns);
        Array.Clear(work.Lanes);
        fixed (double* masses = statistic, centers = parameters.Values, weights = chunk.Weights, lanes = work.Lanes)
        fixed (int* labels = work.Labels)
        {
            for (int start = 0; start < chunk.Rows; start += NearestWorkspace.TileRows)
            {
                int count = Math.Min(NearestWorkspace.TileRows, chunk.Rows - start);
                ReadOnlySpan<double> rows = work.Rows(chunk, start, count);
                nearest.Assign(rows, NearestWorkspace.Following(chunk, start), work);
                fixed (double* x = rows)
                {
                    ClusterSums.Add(x, count, _columns, labels, weights == null ? null : weights + start, centers, masses, masses + _clusters, lanes);
                }
            }
        }
        double inertia = ClusterSums.Squares(work.Lanes);
        statistic[^1] += inertia;
        _workspaces.Add(work);
        return -inertia;
    }

    /// <summary>The mean of every cluster; <paramref name="current"/> itself when that would gain nothing.</summary>
    public KMeansCenters Maximize(ReadOnlySpan<double> statistic, KMeansCenters current)
    {
        CheckShape(current);
        ClusterStatistic sums = new(statistic, _clusters, _columns);
        double[] values = current.Values.ToArray();
        List<int> empty = [];
        double gain = 0;
        for (int cluster = 0; cluster < _clusters; cluster++)
        {
            double weight = sums.Weights[cluster];
            if (!(weight > 0))
            {
                empty.Add(cluster);
                continue;
            }
            ReadOnlySpan<double> sum = sums.Sum(cluster);
            for (int column = 0; column < _columns; column++)
            {
                double shift = sum[column] / weight;
                values[cluster * _columns + column] += shift;
                gain += sum[column] * shift;
            }
        }
        ImmutableArray<double> weights = [.. sums.Weights];
        if (empty.Count > 0 && _farthest is not null)
        {
            ImmutableArray<Relocation> moved = _farthest.Relocate(values, _columns, empty, _frame);
            return new KMeansCenters(values, _columns, weights, moved);
        }
        return gain <= NoGain * sums.Inertia ? current : new KMeansCenters(values, _columns, weights, []);
    }

    /// <inheritdoc/>
    IEnumerable<(int Component, string Message)> IDegeneracyReport<KMeansCenters>.Degeneracies(KMeansCenters parameters)
    {
        foreach (Relocation move in parameters.Relocations)
        {
            yield return (move.Cluster, $"The cluster had no rows; its center moved to row {move.Row} (from 0), the farthest from its own center.");
        }
    }

    private void CheckShape(KMeansCenters centers)
    {
        if (centers.Count != _clusters || centers.Columns != _columns)
        {
            throw new ArgumentException($"Expected {_clusters} centers of {_columns} columns, found {centers.Count} of {centers.Columns}.", nameof(centers));
        }
    }
}
