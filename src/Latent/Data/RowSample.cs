using Latent.Numerics;

namespace Latent.Data;

/// <summary>Random rows of a table, the same for the same generator.</summary>
internal static class RowSample
{
    /// <summary>A random subset of <paramref name="count"/> rows without replacement, in the table's order, with their weights.</summary>
    public static IRowSource Take(IRowSource rows, int count, ulong seed)
    {
        RandomGenerator random = new(seed);
        double[] values = new double[checked(count * rows.Columns)];
        double[] weights = new double[rows.HasWeights ? count : 0];
        int[] places = new int[rows.Known.IsEmpty ? 0 : count];
        int taken = 0;
        long seen = 0;
        for (int index = 0; index < rows.ChunkCount && taken < count; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            for (int row = 0; row < chunk.Rows && taken < count; row++, seen++)
            {
                // Selection sampling [Knuth1997, algorithm 3.4.2S]: each row with probability (still needed)/(still to come).
                if ((rows.Rows - seen) * random.NextDouble() < count - taken)
                {
                    chunk.CopyRow(row, values.AsSpan(taken * rows.Columns, rows.Columns));
                    if (rows.HasWeights)
                    {
                        weights[taken] = chunk.Weights[row];
                    }
                    if (places.Length > 0)
                    {
                        places[taken] = checked((int)seen);
                    }
                    taken++;
                }
            }
        }
        RowSource sample = RowSource.From(values.AsMemory(0, taken * rows.Columns), rows.Columns).WithSchema(rows.Schema);
        sample = rows.Known.IsEmpty ? sample : sample.WithKnown(rows.Known.Take(places));
        return rows.HasWeights ? sample.WithWeights(weights) : sample;
    }

    /// <summary>
    /// <paramref name="count"/> rows that differ from each other and have a positive weight, each new one drawn uniformly from all rows; when
    /// repeats keep turning up, the rest are taken from the first rows that are new.
    /// </summary>
    /// <exception cref="DegenerateStartException">The table has fewer distinct rows.</exception>
    public static double[][] Distinct(IRowSource rows, int count, RandomGenerator random)
    {
        List<double[]> found = new(count);
        HashSet<double[]> seen = new(RowEquality.Instance);
        bool Add(long row)
        {
            double[] values = new double[rows.Columns];
            rows.CopyRow(row, values);
            if (rows.Weight(row) > 0 && seen.Add(values))
            {
                found.Add(values);
            }
            return found.Count == count;
        }

        for (int attempt = 0; attempt < 20 * count && rows.Rows > 0; attempt++)
        {
            if (Add(random.NextInt64(rows.Rows)))
            {
                return [.. found];
            }
        }
        return FirstDistinct(rows, count);
    }

    /// <summary>The first <paramref name="count"/> rows of positive weight that differ from each other.</summary>
    /// <exception cref="DegenerateStartException">The table has fewer.</exception>
    public static double[][] FirstDistinct(IRowSource rows, int count)
    {
        List<double[]> found = new(count);
        HashSet<double[]> seen = new(RowEquality.Instance);
        double[] values = new double[rows.Columns];
        for (long row = 0; row < rows.Rows && found.Count < count; row++)
        {
            rows.CopyRow(row, values);
            if (rows.Weight(row) > 0 && !seen.Contains(values))
            {
                double[] kept = [.. values];
                seen.Add(kept);
                found.Add(kept);
            }
        }
        return found.Count == count
            ? [.. found]
            : throw new DegenerateStartException($"Expected at least {count} distinct rows of positive weight, one per component, found {found.Count}. Use fewer components.");
    }

    private sealed class RowEquality : IEqualityComparer<double[]>
    {
        public static RowEquality Instance { get; } = new();

        public bool Equals(double[]? x, double[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(double[] row)
        {
            HashCode hash = default;
            foreach (double value in row)
            {
                hash.Add(value);
            }
            return hash.ToHashCode();
        }
    }
}
