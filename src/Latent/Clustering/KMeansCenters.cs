using System.Collections.Immutable;
using Latent.Data;

namespace Latent.Clustering;

/// <summary>The centers of a k-means clustering: immutable, finite, at least one.</summary>
public sealed class KMeansCenters
{
    private readonly double[] _values;

    [NotSaved]
    private NearestCenters? _nearest;

    /// <summary>Creates centers.</summary>
    /// <param name="values">Row-major: one center after the other.</param>
    /// <param name="columns">Values per center.</param>
    /// <param name="weights">The total weight of the rows of each cluster, or empty when it is not known: all 0.</param>
    /// <exception cref="ArgumentException">No center, an incomplete one, a value that is not finite, or another number of weights.</exception>
    public KMeansCenters(ReadOnlySpan<double> values, int columns, ReadOnlySpan<double> weights = default)
        : this(values.ToArray(), columns, weights.IsEmpty ? [] : [.. weights], [])
    {
    }

    internal KMeansCenters(double[] values, int columns, ImmutableArray<double> weights, ImmutableArray<Relocation> relocations)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Count = values.Length / columns;
        if (Count == 0 || Count * columns != values.Length)
        {
            throw new ArgumentException($"Expected one or more centers of {columns} values, found {values.Length} values.", nameof(values));
        }
        if (!weights.IsEmpty && weights.Length != Count)
        {
            throw new ArgumentException($"Expected {Count} weights, one per center, found {weights.Length}.", nameof(weights));
        }
        int odd = Array.FindIndex(values, value => !double.IsFinite(value));
        if (odd >= 0)
        {
            throw new ArgumentException($"Expected finite centers, found {values[odd]} in center {odd / columns}, column {odd % columns} (from 0).", nameof(values));
        }
        _values = values;
        Columns = columns;
        Weights = weights.IsEmpty ? [.. new double[Count]] : weights;
        Relocations = relocations;
    }

    /// <summary>The number of centers.</summary>
    public int Count { get; }

    /// <summary>Values per center.</summary>
    public int Columns { get; }

    /// <summary>The total weight of the rows of each cluster when the centers were computed; 0 for centers that were given.</summary>
    public ImmutableArray<double> Weights { get; }

    /// <summary>All values, row-major.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>One center.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not in [0, <see cref="Count"/>).</exception>
    public ReadOnlySpan<double> this[int index] => (uint)index < (uint)Count
        ? _values.AsSpan(index * Columns, Columns)
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"Expected a center in [0, {Count}).");

    /// <summary>The empty clusters that the step which made these centers moved.</summary>
    internal ImmutableArray<Relocation> Relocations { get; }

    /// <summary>Centers from the rows of an array.</summary>
    /// <inheritdoc cref="KMeansCenters(ReadOnlySpan{double}, int, ReadOnlySpan{double})" path="/exception"/>
    public static KMeansCenters From(double[,] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new KMeansCenters(rows.Cast<double>().ToArray(), rows.GetLength(1));
    }

    /// <summary>A copy, centers × columns.</summary>
    public double[,] ToArray()
    {
        double[,] copy = new double[Count, Columns];
        Buffer.BlockCopy(_values, 0, copy, 0, _values.Length * sizeof(double));
        return copy;
    }

    /// <summary>The nearest center of a row by Euclidean distance; the lowest index among equals.</summary>
    /// <exception cref="ArgumentException">The row has another number of values, or one that is not finite.</exception>
    public int Nearest(ReadOnlySpan<double> row)
    {
        if (row.Length != Columns)
        {
            throw new ArgumentException($"Expected a row of {Columns} values, found {row.Length}.", nameof(row));
        }
        int best = -1;
        double least = double.PositiveInfinity;
        for (int center = 0; center < Count; center++)
        {
            double distance = SquaredDistance(row, center);
            if (distance < least)
            {
                (best, least) = (center, distance);
            }
        }
        return best >= 0 ? best : throw new ArgumentException("Expected finite values whose squared distances to the centers are finite too, found others.", nameof(row));
    }

    /// <summary>The nearest center of every row, the lowest index among equals, and the squared distance to it. Row weights play no part.</summary>
    /// <param name="rows">Rows of <see cref="Columns"/> finite values.</param>
    /// <param name="threads">Threads to use; 0 for every processor. The result has the same bits whatever the number.</param>
    /// <exception cref="ArgumentException">Rows of another number of columns, or a cell that is not finite.</exception>
    public (int[] Labels, double[] SquaredDistances) Assign(IRowSource rows, int threads = 0)
    {
        int[] labels = new int[NearestWalk.Checked(rows, Columns).Rows];
        double[] distances = new double[rows.Rows];
        NearestWalk.Visit(this, Frame.Around(this), rows, EmOptions.ThreadsOrAll(threads), (in RowChunk chunk, int row, ReadOnlySpan<double> values, int label) =>
        {
            labels[chunk.FirstRow + row] = label;
            distances[chunk.FirstRow + row] = SquaredDistance(values, label);
        });
        return (labels, distances);
    }

    /// <summary>‖x − c‖² as the kernels compute it, bit for bit.</summary>
    internal double SquaredDistance(ReadOnlySpan<double> row, int center)
    {
        double sum = 0;
        ReadOnlySpan<double> c = _values.AsSpan(center * Columns, Columns);
        for (int column = 0; column < c.Length; column++)
        {
            double difference = row[column] - c[column];
            sum = Math.FusedMultiplyAdd(difference, difference, sum);
        }
        return sum;
    }

    /// <summary>The centers packed for searching in a frame; kept, since every chunk of a sweep asks for the same.</summary>
    internal NearestCenters Packed(Frame frame)
    {
        NearestCenters? packed = Volatile.Read(ref _nearest);
        if (packed is null || packed.Frame != frame)
        {
            packed = new NearestCenters(this, frame);
            Volatile.Write(ref _nearest, packed);
        }
        return packed;
    }

    /// <summary>The centers in another order.</summary>
    internal KMeansCenters Reorder(ReadOnlySpan<int> order, ReadOnlySpan<double> weights)
    {
        double[] values = new double[_values.Length];
        ImmutableArray<double>.Builder masses = ImmutableArray.CreateBuilder<double>(Count);
        for (int place = 0; place < Count; place++)
        {
            this[order[place]].CopyTo(values.AsSpan(place * Columns));
            masses.Add(weights[order[place]]);
        }
        return new KMeansCenters(values, Columns, masses.MoveToImmutable(), []);
    }
}

/// <summary>An empty cluster and the row that became its center.</summary>
internal readonly record struct Relocation(int Cluster, long Row);
