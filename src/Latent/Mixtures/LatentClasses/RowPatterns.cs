using System.Runtime.InteropServices;
using Latent.Data;

namespace Latent.Mixtures.LatentClasses;

/// <summary>Rows that are alike, as one row that weighs as much as all of them.</summary>
internal static class RowPatterns
{
    private const int Sample = 4096;

    /// <summary>
    /// The distinct rows of positive weight, in order of appearance, with their total weights; null where that would save less than half of the rows. Missing cells are alike.
    /// </summary>
    public static RowSource? Collapse(IRowSource rows)
    {
        (double[] values, double[] weights) = Of(rows, giveUp: true);
        return weights.Length == 0 || 2 * weights.Length > rows.Rows
            ? null
            : RowSource.From(values, rows.Columns).WithSchema(rows.Schema).WithWeights(weights);
    }

    /// <summary>The distinct rows, one after another, and their total weights.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="giveUp">Whether to stop, with nothing, when most of the first few thousand rows differ.</param>
    public static (double[] Values, double[] Weights) Of(IRowSource rows, bool giveUp)
    {
        Dictionary<RowKey, int> places = [];
        List<double> values = [];
        List<double> weights = [];
        double[] cells = new double[rows.Columns];
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++)
            {
                double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
                if (weight == 0)
                {
                    continue;
                }
                chunk.CopyRow(row, cells);
                ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, RowKey.Of(cells), out bool known);
                if (!known)
                {
                    place = weights.Count;
                    values.AddRange(cells);
                    weights.Add(0);
                }
                weights[place] += weight;
                if (giveUp && chunk.FirstRow + row + 1 == Sample && weights.Count > Sample * 3 / 4)
                {
                    return ([], []);
                }
            }
        }
        return ([.. values], [.. weights]);
    }

    /// <summary>The cells of a row as bits; all missing cells are one.</summary>
    private readonly struct RowKey : IEquatable<RowKey>
    {
        private readonly long[] _bits;
        private readonly int _hash;

        private RowKey(long[] bits, int hash)
        {
            _bits = bits;
            _hash = hash;
        }

        public static RowKey Of(ReadOnlySpan<double> cells)
        {
            long[] bits = new long[cells.Length];
            ulong hash = 14695981039346656037;
            for (int column = 0; column < bits.Length; column++)
            {
                bits[column] = BitConverter.DoubleToInt64Bits(double.IsNaN(cells[column]) ? double.NaN : cells[column] + 0.0);
                hash = (hash ^ (ulong)bits[column]) * 0x9E3779B97F4A7C15;
                hash ^= hash >> 29;
            }
            return new RowKey(bits, (int)(hash >> 32));
        }

        public bool Equals(RowKey other) => _bits.AsSpan().SequenceEqual(other._bits);

        public override bool Equals(object? obj) => obj is RowKey key && Equals(key);

        public override int GetHashCode() => _hash;
    }
}
