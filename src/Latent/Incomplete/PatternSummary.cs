using Latent.Data;
using Latent.Kernels;

namespace Latent.Incomplete;

/// <summary>The mean of a pattern's rows and a factor of their scatter about it: all that a normal distribution sees of them.</summary>
internal sealed class PatternSummary(int[] columns)
{
    private readonly double[] _statistic = new double[ScatterKernel.Length(columns.Length)];
    private double[] _stored = [];
    private double _weight;
    private int _next;

    /// <summary>
    /// Fills the summaries of every pattern that has one. The table is read in its own order, chunk by chunk, by each thread for the patterns that are
    /// its own, so that sums have one order whatever the number of threads.
    /// </summary>
    public static void Fill(IRowSource rows, PatternContent[] contents, double[] origin, int threads)
    {
        PatternContent[] summarized = [.. contents.Where(content => content.Summary is not null)];
        int shards = Math.Min(threads, summarized.Length);
        Engine.ChunkSweep.Run(shards, threads, CancellationToken.None, shard =>
        {
            RowTile tile = new(rows.Columns);
            for (int index = 0; index < rows.ChunkCount; index++)
            {
                RowChunk chunk = rows.GetChunk(index);
                for (int content = shard; content < summarized.Length; content += shards)
                {
                    summarized[content].Summary!.Add(chunk, summarized[content].Rows, origin, tile);
                }
            }
            for (int content = shard; content < summarized.Length; content += shards)
            {
                summarized[content].Summary!.Finish();
            }
        });
    }

    /// <summary>Writes stored row 0, the mean relative to the origin, or k ≥ 1, column k of the factor L of the scatter L·Lᵀ.</summary>
    public void Write(int index, Span<double> values) => _stored.AsSpan(index * columns.Length, columns.Length).CopyTo(values);

    /// <summary>Adds the rows of the pattern that lie in a chunk.</summary>
    private void Add(in RowChunk chunk, ReadOnlySpan<int> rows, double[] origin, RowTile tile)
    {
        long end = chunk.FirstRow + chunk.Rows;
        Span<double> weights = stackalloc double[RowTile.Capacity];
        while (_next < rows.Length && rows[_next] < end)
        {
            int count = 0;
            Span<double> values = tile.Values;
            for (; count < RowTile.Capacity && _next < rows.Length && rows[_next] < end; count++, _next++)
            {
                int row = (int)(rows[_next] - chunk.FirstRow);
                weights[count] = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
                for (int i = 0; i < columns.Length; i++)
                {
                    values[i * RowTile.Capacity + count] = chunk[row, columns[i]] - origin[columns[i]];
                }
            }
            int padded = (count + RowTile.Lane - 1) & -RowTile.Lane;
            weights[count..padded].Clear();
            for (int i = 0; i < columns.Length; i++)
            {
                values[(i * RowTile.Capacity + count)..(i * RowTile.Capacity + padded)].Clear();
            }
            _weight += LaneSum.Of(weights[..padded]);
            ScatterKernel.Accumulate(values, columns.Length, weights[..padded], _statistic, Simd.Level);
        }
    }

    /// <summary>The mean, and the columns of L one after the other; a column whose pivot is rounding is left zero.</summary>
    private void Finish()
    {
        const double rounding = 4 * 2.220446049250313e-16;
        int size = columns.Length;
        _stored = new double[(size + 1) * size];
        Span<double> mean = _stored.AsSpan(0, size);
        Span<double> factor = _stored.AsSpan(size);
        Span<double> triangle = _statistic.AsSpan(size);
        for (int i = 0; i < size; i++)
        {
            mean[i] = _statistic[i] / _weight;
            for (int j = 0; j <= i; j++)
            {
                triangle[i * (i + 1) / 2 + j] -= _weight * mean[i] * mean[j];
            }
        }
        for (int j = 0; j < size; j++)
        {
            double diagonal = triangle[j * (j + 1) / 2 + j];
            double pivot = diagonal;
            for (int k = 0; k < j; k++)
            {
                double value = factor[k * size + j];
                pivot = Math.FusedMultiplyAdd(-value, value, pivot);
            }
            if (!(pivot > rounding * size * diagonal))
            {
                continue;
            }
            double root = Math.Sqrt(pivot);
            factor[j * size + j] = root;
            for (int i = j + 1; i < size; i++)
            {
                double sum = triangle[i * (i + 1) / 2 + j];
                for (int k = 0; k < j; k++)
                {
                    sum = Math.FusedMultiplyAdd(-factor[k * size + i], factor[k * size + j], sum);
                }
                factor[j * size + i] = sum / root;
            }
        }
    }
}
