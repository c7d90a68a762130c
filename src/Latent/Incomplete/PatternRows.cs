using Latent.Data;
using Latent.Engine;

namespace Latent.Incomplete;

/// <summary>
/// Incomplete rows grouped once by missing pattern, so that no later pass reads the table: of a pattern with more rows than observed
/// columns only the mean and the scatter are kept, which is all that a normal distribution can see of them. In memory, at most the size of the table.
/// </summary>
public sealed class PatternRows : IDataSource<PatternChunk>
{
    /// <summary>Rows per chunk.</summary>
    private const int ChunkRows = 16 * RowTile.Capacity;

    private readonly PatternChunk[] _chunks;

    private PatternRows(PatternChunk[] chunks, IRowSource rows, MissingPatterns patterns, long kept, double weight, bool summarized)
    {
        _chunks = chunks;
        Patterns = patterns;
        Rows = rows.Rows;
        RowsWithoutValues = patterns.Count > 0 && patterns.Observed(patterns.Count - 1).IsEmpty ? patterns.Rows(patterns.Count - 1).Length : 0;
        StoredRows = kept;
        TotalWeight = weight;
        IsSummarized = summarized;
    }

    /// <summary>The patterns of the table.</summary>
    public MissingPatterns Patterns { get; }

    /// <summary>Rows of the table.</summary>
    public long Rows { get; }

    /// <summary>Rows in which every cell is missing; they say nothing and are left out.</summary>
    public int RowsWithoutValues { get; }

    /// <summary>Rows that are stored, a mean or a factor's row counted as one.</summary>
    public long StoredRows { get; }

    /// <summary>The sum of the weights of the rows that have a value.</summary>
    public double TotalWeight { get; }

    /// <summary>Whether patterns with many rows are kept as mean and scatter; without, every row is one observation.</summary>
    public bool IsSummarized { get; }

    /// <inheritdoc/>
    public int ChunkCount => _chunks.Length;

    /// <summary>Groups the rows of a table.</summary>
    /// <param name="rows">The table; missing cells are NaN. Rows of weight zero, and rows without any value, are left out.</param>
    /// <param name="origin">What values are stored relative to, one finite value per column near the data; empty for the means of the observed cells.</param>
    /// <param name="summarize">Whether patterns with many rows become mean and scatter. Models that need each row's own contribution want none of it.</param>
    /// <param name="threads">Threads to use; 0 for every processor. The result is the same whatever their number.</param>
    /// <exception cref="ArgumentException">The origin has another number of columns.</exception>
    public static PatternRows Of(IRowSource rows, ReadOnlySpan<double> origin = default, bool summarize = true, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (!origin.IsEmpty && origin.Length != rows.Columns)
        {
            throw new ArgumentException($"Expected an origin of {rows.Columns} values, found {origin.Length}.", nameof(origin));
        }
        int workers = EmOptions.ThreadsOrAll(threads);
        double[] from = origin.IsEmpty ? Means(rows, workers) : origin.ToArray();
        MissingPatterns patterns = MissingPatterns.Of(rows);
        PatternContent[] contents = new PatternContent[patterns.Count];
        ChunkSweep.Run(patterns.Count, workers, CancellationToken.None, pattern => contents[pattern] = new PatternContent(rows, patterns, pattern, summarize));
        PatternSummary.Fill(rows, contents, from, workers);
        int[] first = new int[patterns.Count + 1];
        double weight = 0;
        for (int pattern = 0; pattern < patterns.Count; pattern++)
        {
            first[pattern + 1] = checked(first[pattern] + contents[pattern].Length);
            weight += contents[pattern].Weight;
        }
        PatternChunk[] chunks = new PatternChunk[(first[^1] + ChunkRows - 1) / ChunkRows];
        ChunkSweep.Run(chunks.Length, workers, CancellationToken.None, index => chunks[index] = Chunk(index, rows, patterns, contents, first, from));
        return new PatternRows(chunks, rows, patterns, first[^1], weight, summarize);
    }

    /// <inheritdoc/>
    public PatternChunk GetChunk(int index) => (uint)index < (uint)_chunks.Length
        ? _chunks[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"Expected a chunk in [0, {_chunks.Length}).");

    private static double[] Means(IRowSource rows, int threads)
    {
        ColumnMoments moments = new(rows.Columns);
        double[] zeros = new double[rows.Columns];
        double[] means = Sweep.Step(moments, rows, zeros, new EmOptions { Threads = threads });
        for (int column = 0; column < means.Length; column++)
        {
            means[column] = double.IsFinite(means[column]) ? means[column] : 0;
        }
        return means;
    }

    private static PatternChunk Chunk(int index, IRowSource rows, MissingPatterns patterns, PatternContent[] contents, int[] first, double[] origin)
    {
        int start = index * ChunkRows;
        int count = Math.Min(ChunkRows, first[^1] - start);
        int lowest = Containing(first, start);
        int highest = Containing(first, start + count - 1);
        int[] patternOf = new int[count];
        List<int> columns = [];
        List<int> observed = [];
        int[] local = new int[highest - lowest + 1];
        for (int pattern = lowest; pattern <= highest; pattern++)
        {
            if (contents[pattern].Length == 0)
            {
                continue;
            }
            local[pattern - lowest] = observed.Count;
            columns.AddRange(patterns.Observed(pattern));
            columns.AddRange(patterns.Missing(pattern));
            observed.Add(patterns.Observed(pattern).Length);
            patternOf.AsSpan(Math.Max(0, first[pattern] - start)..Math.Min(count, first[pattern + 1] - start)).Fill(observed.Count - 1);
        }
        PatternChunk chunk = new(origin, count, patternOf, [.. columns], [.. observed]);
        double[] values = new double[rows.Columns];
        double[] table = new double[rows.Columns];
        for (int pattern = lowest; pattern <= highest; pattern++)
        {
            for (int row = Math.Max(start, first[pattern]); row < Math.Min(start + count, first[pattern + 1]); row++)
            {
                (double weight, double total) = contents[pattern].Write(rows, patterns.Observed(pattern), origin, row - first[pattern], table, values);
                chunk.Set(row - start, values, weight, total);
            }
        }
        return chunk;
    }

    // The pattern that holds a stored row: the last that begins at it or before and is not empty.
    private static int Containing(int[] first, int row)
    {
        int found = Array.BinarySearch(first, row);
        if (found < 0)
        {
            return ~found - 1;
        }
        while (first[found + 1] == row)
        {
            found++;
        }
        return found;
    }
}
