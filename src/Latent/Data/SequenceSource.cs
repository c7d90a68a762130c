namespace Latent.Data;

/// <summary>
/// Sequences of rows in chunks of whole sequences: a chunk closes with the sequence that brings it to at least
/// <see cref="ChunkSteps"/> steps, so its borders depend on the data alone.
/// </summary>
public sealed class SequenceSource : IDataSource<SequenceChunk>
{
    /// <summary>A chunk closes once it holds this many steps.</summary>
    public const int ChunkSteps = 4096;

    private readonly SequenceChunk[] _chunks;
    private readonly int[] _lengths;
    private bool? _incomplete;

    private SequenceSource(RowSource steps, ReadOnlySpan<int> lengths, ReadOnlyMemory<int> labels = default, RowSource? covariates = null)
    {
        Rows = steps;
        Labels = labels;
        Covariates = covariates;
        _lengths = lengths.ToArray();
        Schema = steps.Schema;
        Steps = steps.Rows;
        Sequences = lengths.Length;
        HasMissing = steps.HasMissing;
        _chunks = Cut(steps, lengths, labels, covariates);
    }

    /// <summary>The steps of all sequences, one sequence after the other.</summary>
    public RowSource Rows { get; }

    /// <summary>The number of steps of each sequence.</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>What is known of each step: a number from 0, or −1; empty where nothing is known of any.</summary>
    public ReadOnlyMemory<int> Labels { get; }

    /// <summary>Columns that transitions may depend on, one row per step; null where there are none.</summary>
    public RowSource? Covariates { get; }

    /// <summary>The columns of a step.</summary>
    public Schema Schema { get; }

    /// <summary>The number of steps in all sequences.</summary>
    public long Steps { get; }

    /// <summary>The number of sequences; zero is a valid, empty source.</summary>
    public long Sequences { get; }

    /// <summary>Whether any cell is missing.</summary>
    public bool HasMissing { get; }

    /// <summary>Whether some step has missing cells beside observed ones; a step that is missing as a whole does not count.</summary>
    public bool HasIncompleteSteps => HasMissing && (_incomplete ??= FindIncomplete());

    /// <inheritdoc/>
    public int ChunkCount => _chunks.Length;

    /// <inheritdoc/>
    public SequenceChunk GetChunk(int index) => (uint)index < (uint)_chunks.Length
        ? _chunks[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"Expected a chunk in [0, {_chunks.Length}).");

    /// <summary>Consecutive rows as sequences of the given lengths. Views where the rows lie side by side in memory, else a copy.</summary>
    /// <param name="steps">The rows of all sequences, one sequence after the other.</param>
    /// <param name="lengths">The number of rows of each sequence, at least one.</param>
    /// <exception cref="ArgumentException">A length is below one, or their sum is not the number of rows.</exception>
    public static SequenceSource From(RowSource steps, params ReadOnlySpan<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(steps);
        long total = 0;
        for (int sequence = 0; sequence < lengths.Length; sequence++)
        {
            if (lengths[sequence] < 1)
            {
                throw new ArgumentException($"Expected sequences of at least one step, found length {lengths[sequence]} at index {sequence}.", nameof(lengths));
            }
            total += lengths[sequence];
        }
        if (total != steps.Rows)
        {
            throw new ArgumentException($"Expected lengths that sum to the {steps.Rows} rows, found a sum of {total}.", nameof(lengths));
        }
        return new SequenceSource(steps, lengths);
    }

    /// <summary>The same sequences with what is known of the steps, such as their hidden states.</summary>
    /// <param name="labels">One per step: a number from 0, or −1 where nothing is known. The memory is not copied: do not change it afterwards.</param>
    /// <exception cref="ArgumentException">Not one label per step, or a label below −1.</exception>
    public SequenceSource WithLabels(ReadOnlyMemory<int> labels)
    {
        if (labels.Length != Steps)
        {
            throw new ArgumentException($"Expected {Steps} labels, one per step, found {labels.Length}.", nameof(labels));
        }
        foreach (int label in labels.Span)
        {
            if (label < -1)
            {
                throw new ArgumentException($"Expected labels from 0, or -1 where nothing is known, found {label}.", nameof(labels));
            }
        }
        return new SequenceSource(Rows, _lengths, labels, Covariates);
    }

    /// <summary>The same sequences with the circumstances of their steps, which say how the state moves on from there.</summary>
    /// <param name="covariates">One row per step, without missing cells.</param>
    /// <exception cref="ArgumentException">Not one row per step, or a cell is missing.</exception>
    public SequenceSource WithCovariates(RowSource covariates)
    {
        ArgumentNullException.ThrowIfNull(covariates);
        if (covariates.Rows != Steps || covariates.HasMissing)
        {
            throw new ArgumentException($"Expected {Steps} rows of covariates, one per step, without missing cells, found {covariates.Rows}{(covariates.HasMissing ? ", some with missing cells" : "")}.", nameof(covariates));
        }
        return new SequenceSource(Rows, _lengths, Labels, covariates);
    }

    /// <summary>One sequence of all rows.</summary>
    public static SequenceSource From(RowSource steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return steps.Rows == 0 ? From(steps, []) : From(steps, [checked((int)steps.Rows)]);
    }

    /// <summary>One array of steps × columns per sequence, copied; columns x1, x2, ….</summary>
    /// <exception cref="ArgumentException">There is no sequence, one has no step, they differ in columns, or a cell is infinite.</exception>
    public static SequenceSource From(IReadOnlyList<double[,]> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Count == 0)
        {
            throw new ArgumentException("Expected at least one sequence, found none.", nameof(sequences));
        }
        int columns = sequences[0].GetLength(1);
        var builder = new RowBuilder(columns);
        var lengths = new int[sequences.Count];
        for (int sequence = 0; sequence < lengths.Length; sequence++)
        {
            double[,] steps = sequences[sequence];
            if (steps.GetLength(1) != columns)
            {
                throw new ArgumentException($"Expected sequences of {columns} columns like the first, found {steps.GetLength(1)} at index {sequence}.", nameof(sequences));
            }
            lengths[sequence] = steps.GetLength(0);
            for (int step = 0; step < lengths[sequence]; step++)
            {
                Span<double> target = builder.Add();
                for (int column = 0; column < columns; column++)
                {
                    target[column] = steps[step, column];
                }
            }
        }
        return From(builder.ToRows(Schema.Numbered(columns)), lengths);
    }

    private bool FindIncomplete()
    {
        double[] cells = new double[Schema.Count];
        foreach (SequenceChunk chunk in _chunks)
        {
            for (int step = 0; step < chunk.Steps.Rows; step++)
            {
                chunk.Steps.CopyRow(step, cells);
                int missing = cells.Count(double.IsNaN);
                if (missing > 0 && missing < cells.Length)
                {
                    return true;
                }
            }
        }
        return false;
    }

    private static SequenceChunk[] Cut(RowSource steps, ReadOnlySpan<int> lengths, ReadOnlyMemory<int> labels, RowSource? covariates)
    {
        var chunks = new List<SequenceChunk>();
        var offsets = new List<int> { 0 };
        long firstRow = 0;
        for (int sequence = 0; sequence < lengths.Length; sequence++)
        {
            offsets.Add(checked(offsets[^1] + lengths[sequence]));
            if (offsets[^1] >= ChunkSteps || sequence == lengths.Length - 1)
            {
                int count = offsets[^1];
                chunks.Add(new SequenceChunk(steps.GetRows(firstRow, count), offsets.ToArray(), sequence + 2L - offsets.Count, labels.IsEmpty ? default : labels.Slice((int)firstRow, count), covariates?.GetRows(firstRow, count) ?? default));
                firstRow += count;
                offsets.Clear();
                offsets.Add(0);
            }
        }
        return [.. chunks];
    }
}
