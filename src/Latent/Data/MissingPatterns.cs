using System.Numerics;

namespace Latent.Data;

/// <summary>
/// The rows of a table grouped by which of their cells are missing, so that work which depends on the pattern alone is done once for each
/// pattern, not for each row. Made in one pass over the cells; depends on the data alone.
/// </summary>
/// <remarks>Patterns come in the order of their number of missing cells (complete rows first), then by the first column in which they differ, observed before missing.</remarks>
public sealed class MissingPatterns
{
    private readonly int[] _patternOf;
    private readonly int[] _rows;
    private readonly int[] _firstRow;
    private readonly int[] _columns;
    private readonly int[] _observed;

    private MissingPatterns(int columns, int[] patternOf, PatternTable found)
    {
        Columns = columns;
        int[] order = found.Order();
        Count = order.Length;
        int[] place = new int[Count];
        _observed = new int[Count];
        _columns = new int[checked(Count * columns)];
        for (int pattern = 0; pattern < Count; pattern++)
        {
            place[order[pattern]] = pattern;
            _observed[pattern] = found.Write(order[pattern], _columns.AsSpan(pattern * columns, columns));
        }
        _patternOf = patternOf;
        _firstRow = new int[Count + 1];
        for (int row = 0; row < patternOf.Length; row++)
        {
            patternOf[row] = place[patternOf[row]];
            _firstRow[patternOf[row] + 1]++;
        }
        for (int pattern = 0; pattern < Count; pattern++)
        {
            _firstRow[pattern + 1] += _firstRow[pattern];
        }
        _rows = new int[patternOf.Length];
        int[] next = [.. _firstRow];
        for (int row = 0; row < patternOf.Length; row++)
        {
            _rows[next[patternOf[row]]++] = row;
        }
    }

    /// <summary>Columns of the table.</summary>
    public int Columns { get; }

    /// <summary>The number of different patterns; 0 for a table without rows.</summary>
    public int Count { get; }

    /// <summary>Groups the rows of a table. Rows of weight zero are grouped like any other.</summary>
    /// <exception cref="ArgumentException">There are more rows than an array can hold.</exception>
    public static MissingPatterns Of(IRowSource rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Rows > Array.MaxLength)
        {
            throw new ArgumentException($"Expected at most {Array.MaxLength} rows to group by their missing cells, found {rows.Rows}. Take a part of them.", nameof(rows));
        }
        int[] patternOf = new int[rows.Rows];
        PatternTable found = new(rows.Columns);
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            Span<int> target = patternOf.AsSpan((int)chunk.FirstRow, chunk.Rows);
            if (chunk.IsSingle)
            {
                found.Add(chunk.Singles, target);
            }
            else
            {
                found.Add(chunk.Values, target);
            }
        }
        return new MissingPatterns(rows.Columns, patternOf, found);
    }

    /// <summary>The pattern of a row.</summary>
    public int PatternOf(int row) => _patternOf[row];

    /// <summary>The rows of a pattern, in the order of the table.</summary>
    public ReadOnlySpan<int> Rows(int pattern) => _rows.AsSpan(_firstRow[pattern].._firstRow[pattern + 1]);

    /// <summary>The columns that a pattern observes, in order.</summary>
    public ReadOnlySpan<int> Observed(int pattern) => _columns.AsSpan(pattern * Columns, _observed[pattern]);

    /// <summary>The columns that a pattern misses, in order.</summary>
    public ReadOnlySpan<int> Missing(int pattern) => _columns.AsSpan(pattern * Columns + _observed[pattern], Columns - _observed[pattern]);

    /// <summary>The distinct masks that have been seen, one bit per column (set: missing), by open addressing.</summary>
    private sealed class PatternTable(int columns)
    {
        private const int Bits = 64;
        private readonly int _words = (columns + Bits - 1) / Bits;
        private readonly List<ulong> _masks = [];
        private int[] _slots = Filled(1024);
        private int _last = -1;

        private int Count => _masks.Count / _words;

        public void Add<T>(ReadOnlySpan<T> values, Span<int> target) where T : unmanaged, IFloatingPointIeee754<T>
        {
            Span<ulong> mask = stackalloc ulong[_words];
            for (int row = 0; row < target.Length; row++)
            {
                ReadOnlySpan<T> cells = values.Slice(row * columns, columns);
                for (int word = 0; word < mask.Length; word++)
                {
                    ReadOnlySpan<T> part = cells.Slice(word * Bits, Math.Min(Bits, columns - word * Bits));
                    ulong bits = 0;
                    for (int column = 0; column < part.Length; column++)
                    {
                        bits |= (T.IsNaN(part[column]) ? 1UL : 0UL) << column;
                    }
                    mask[word] = bits;
                }
                target[row] = _last >= 0 && Mask(_last).SequenceEqual(mask) ? _last : _last = Find(mask);
            }
        }

        /// <summary>The patterns by number of missing cells, then by the first column in which they differ.</summary>
        public int[] Order()
        {
            int[] order = [.. Enumerable.Range(0, Count)];
            int[] missing = Array.ConvertAll(order, MissingIn);
            Array.Sort(order, (a, b) => missing[a] != missing[b] ? missing[a].CompareTo(missing[b]) : Compare(Mask(a), Mask(b)));
            return order;
        }

        /// <summary>Writes the observed columns, then the missing ones; returns the number of the observed.</summary>
        public int Write(int pattern, Span<int> target)
        {
            ReadOnlySpan<ulong> mask = Mask(pattern);
            int observed = columns - MissingIn(pattern);
            int missing = observed;
            int next = 0;
            for (int column = 0; column < columns; column++)
            {
                if ((mask[column / Bits] >> (column % Bits) & 1) == 0)
                {
                    target[next++] = column;
                }
                else
                {
                    target[missing++] = column;
                }
            }
            return observed;
        }

        private int Find(ReadOnlySpan<ulong> mask)
        {
            int slot = Slot(mask);
            if (_slots[slot] >= 0)
            {
                return _slots[slot];
            }
            int found = _slots[slot] = Count;
            _masks.AddRange(mask);
            if (2 * Count > _slots.Length)
            {
                _slots = Filled(4 * _slots.Length);
                for (int pattern = 0; pattern < Count; pattern++)
                {
                    _slots[Slot(Mask(pattern))] = pattern;
                }
            }
            return found;
        }

        // The slot of a mask, or the empty one where it belongs.
        private int Slot(ReadOnlySpan<ulong> mask)
        {
            ulong hash = 0;
            foreach (ulong word in mask)
            {
                hash = BitOperations.RotateLeft((hash ^ word) * 0x9E3779B97F4A7C15, 29);
            }
            int slot = (int)(hash >> 32) & (_slots.Length - 1);
            while (_slots[slot] >= 0 && !Mask(_slots[slot]).SequenceEqual(mask))
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }
            return slot;
        }

        private ReadOnlySpan<ulong> Mask(int pattern) =>
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_masks).Slice(pattern * _words, _words);

        private int MissingIn(int pattern)
        {
            int count = 0;
            foreach (ulong word in Mask(pattern))
            {
                count += BitOperations.PopCount(word);
            }
            return count;
        }

        private static int Compare(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
        {
            for (int word = 0; word < a.Length; word++)
            {
                ulong different = a[word] ^ b[word];
                if (different != 0)
                {
                    return (a[word] >> BitOperations.TrailingZeroCount(different) & 1) == 0 ? -1 : 1;
                }
            }
            return 0;
        }

        private static int[] Filled(int length)
        {
            int[] slots = new int[length];
            Array.Fill(slots, -1);
            return slots;
        }
    }
}
