using System.Numerics.Tensors;
using Latent.Data;
using Latent.Engine;
using Latent.Kernels;

namespace Latent.Clustering;

/// <summary>One sweep that checks the data before anything else and finds what the initialisers and the screen need to know.</summary>
internal sealed class RowScan
{
    private RowScan(Frame frame, long[] rows, double[] weights, long positiveRows)
    {
        Frame = frame;
        ChunkRows = rows;
        ChunkWeights = weights;
        PositiveRows = positiveRows;
    }

    /// <summary>Mean and reach of the data.</summary>
    public Frame Frame { get; }

    /// <summary>The number of rows of each chunk.</summary>
    public long[] ChunkRows { get; }

    /// <summary>The total row weight of each chunk.</summary>
    public double[] ChunkWeights { get; }

    /// <summary>Rows of positive weight.</summary>
    public long PositiveRows { get; }

    /// <summary>Reads every cell once.</summary>
    /// <exception cref="ArgumentException">A missing or infinite cell, rows of differing lengths, a bad weight, or fewer rows of positive weight than clusters.</exception>
    public static RowScan Of(IDataSource<RowChunk> source, int columns, int clusters, int threads, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        ChunkScan[] scans = new ChunkScan[source.ChunkCount];
        ChunkSweep.Run(scans.Length, threads, cancellation, chunk => scans[chunk] = ChunkScan.Of(source.GetChunk(chunk), columns));
        double[] sum = new double[columns];
        double[] low = new double[columns];
        double[] high = new double[columns];
        low.AsSpan().Fill(double.PositiveInfinity);
        high.AsSpan().Fill(double.NegativeInfinity);
        long rows = 0;
        long positive = 0;
        foreach (ChunkScan scan in scans)
        {
            rows += scan.Rows;
            positive += scan.PositiveRows;
            TensorPrimitives.Add(sum, scan.Sum, sum);
            TensorPrimitives.Min(low, scan.Low, low);
            TensorPrimitives.Max(high, scan.High, high);
        }
        if (positive < clusters)
        {
            string weighted = positive < rows ? " of positive weight" : "";
            throw new ArgumentException($"Expected at least as many rows{weighted} as clusters ({clusters}), found {positive}. Ask for fewer clusters.", nameof(clusters));
        }
        for (int column = 0; column < columns; column++)
        {
            double mean = sum[column] / rows;
            sum[column] = double.IsFinite(mean) ? mean : low[column] / 2 + high[column] / 2;
        }
        return new RowScan(
            Frame.Of(sum, low, high),
            Array.ConvertAll(scans, scan => (long)scan.Rows),
            Array.ConvertAll(scans, scan => scan.Weight),
            positive);
    }

    /// <summary>The error for data that cannot fill the clusters.</summary>
    public static DegenerateStartException TooFewDistinct(int clusters, int found) =>
        new($"Expected at least as many distinct rows of positive weight as clusters ({clusters}), found {found}. Ask for fewer clusters.");

    /// <summary>Refuses a chunk with a cell that is missing or infinite.</summary>
    /// <exception cref="ArgumentException">There is one; the message names it.</exception>
    public static void CheckCells(in RowChunk chunk)
    {
        bool finite = chunk.IsSingle ? TensorPrimitives.IsFiniteAll(chunk.Singles) : TensorPrimitives.IsFiniteAll(chunk.Values);
        for (int row = 0; row < chunk.Rows && !finite; row++)
        {
            for (int column = 0; column < chunk.Columns; column++)
            {
                double value = chunk[row, column];
                if (!double.IsFinite(value))
                {
                    string found = double.IsNaN(value) ? "a missing cell" : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
                    throw new ArgumentException(
                        $"Expected finite cells, because k-means does not support missing ones, found {found} in row {chunk.FirstRow + row}, column {column} (from 0). Drop such rows, or fill them first (latent impute).");
                }
            }
        }
    }

    private sealed record ChunkScan(int Rows, long PositiveRows, double Weight, double[] Sum, double[] Low, double[] High)
    {
        public static ChunkScan Of(in RowChunk chunk, int columns)
        {
            if (chunk.Rows > 0 && chunk.Columns != columns)
            {
                throw new ArgumentException($"Expected rows of {columns} columns, found {chunk.Columns} at row {chunk.FirstRow} (from 0).");
            }
            double[] sum = new double[columns];
            double[] low = new double[columns];
            double[] high = new double[columns];
            low.AsSpan().Fill(double.PositiveInfinity);
            high.AsSpan().Fill(double.NegativeInfinity);
            Summarise(chunk, sum, low, high);
            if (!(double.IsFinite(sum.Sum()) && low.Zip(high).All(range => double.IsFinite(range.First) && double.IsFinite(range.Second))))
            {
                CheckCells(chunk);
            }
            (long positive, double weight) = Weigh(chunk);
            return new ChunkScan(chunk.Rows, positive, weight, sum, low, high);
        }

        private static unsafe void Summarise(in RowChunk chunk, double[] sum, double[] low, double[] high)
        {
            double[] wide = chunk.IsSingle ? new double[Math.Min(chunk.Rows, NearestWorkspace.TileRows) * chunk.Columns] : [];
            for (int start = 0; start < chunk.Rows; start += NearestWorkspace.TileRows)
            {
                int count = Math.Min(NearestWorkspace.TileRows, chunk.Rows - start);
                ReadOnlySpan<double> rows = NearestWorkspace.Rows(chunk, start, count, wide);
                fixed (double* x = rows, s = sum, l = low, h = high)
                {
                    ColumnRange.Add(x, count, chunk.Columns, s, l, h);
                }
            }
        }

        private static (long Positive, double Weight) Weigh(in RowChunk chunk)
        {
            if (chunk.Weights.IsEmpty)
            {
                return (chunk.Rows, chunk.Rows);
            }
            long positive = 0;
            double total = 0;
            for (int row = 0; row < chunk.Rows; row++)
            {
                double weight = chunk.Weights[row];
                if (!(weight >= 0 && double.IsFinite(weight)))
                {
                    throw new ArgumentException($"Expected finite weights of zero or more, found {weight} in row {chunk.FirstRow + row} (from 0).");
                }
                positive += weight > 0 ? 1 : 0;
                total += weight;
            }
            return (positive, total);
        }
    }
}
