namespace Latent.Data;

/// <summary>Whole sequences of rows, side by side: the chunk of every model of sequences.</summary>
public readonly struct SequenceChunk
{
    private readonly ReadOnlyMemory<int> _offsets;
    private readonly ReadOnlyMemory<int> _labels;

    /// <summary>A chunk of sequences.</summary>
    /// <param name="steps">The rows of all its sequences, one after the other.</param>
    /// <param name="offsets">Where each sequence starts in <paramref name="steps"/>, from 0, and at the end the number of steps.</param>
    /// <param name="firstSequence">The index of the first sequence in the whole data set.</param>
    /// <param name="labels">What is known of each step, such as its hidden state: a number from 0, or −1 where nothing is; empty where nothing is known of any.</param>
    /// <param name="covariates">Columns that say something of each step but are not drawn with it, as many rows as steps; none where there are none.</param>
    /// <exception cref="ArgumentException">The offsets do not start at 0, do not end at the number of steps, or decrease; or there are labels or covariates, but not one per step.</exception>
    public SequenceChunk(RowChunk steps, ReadOnlyMemory<int> offsets, long firstSequence = 0, ReadOnlyMemory<int> labels = default, RowChunk covariates = default)
    {
        ReadOnlySpan<int> starts = offsets.Span;
        if (starts.IsEmpty || starts[0] != 0 || starts[^1] != steps.Rows)
        {
            throw new ArgumentException($"Expected offsets from 0 to {steps.Rows}, found {(starts.IsEmpty ? "none" : $"{starts[0]} to {starts[^1]}")}.", nameof(offsets));
        }
        for (int sequence = 1; sequence < starts.Length; sequence++)
        {
            if (starts[sequence] < starts[sequence - 1])
            {
                throw new ArgumentException($"Expected offsets that do not decrease, found {starts[sequence]} after {starts[sequence - 1]}.", nameof(offsets));
            }
        }
        if (!labels.IsEmpty && labels.Length != steps.Rows)
        {
            throw new ArgumentException($"Expected {steps.Rows} labels, one per step, found {labels.Length}.", nameof(labels));
        }
        if (covariates.Rows != 0 && covariates.Rows != steps.Rows)
        {
            throw new ArgumentException($"Expected {steps.Rows} rows of covariates, one per step, or none, found {covariates.Rows}.", nameof(covariates));
        }
        Steps = steps;
        Covariates = covariates;
        _labels = labels;
        _offsets = offsets;
        FirstSequence = firstSequence;
    }

    /// <summary>The rows of all sequences of this chunk, one sequence after the other.</summary>
    public RowChunk Steps { get; }

    /// <summary>What is known of the circumstances of each step; no rows where nothing is.</summary>
    public RowChunk Covariates { get; }

    /// <summary>What is known of each step: a number from 0, or −1; empty where nothing is known of any.</summary>
    public ReadOnlySpan<int> Labels => _labels.Span;

    /// <summary>Where each sequence starts in <see cref="Steps"/>, and at the end the number of steps.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.Span;

    /// <summary>The number of sequences.</summary>
    public int Sequences => Math.Max(0, _offsets.Length - 1);

    /// <summary>The index of the first sequence in the whole data set.</summary>
    public long FirstSequence { get; }

    /// <summary>
    /// The weight of a sequence, by its index in this chunk: that of its first step, since a sequence is one observation; one when there are no weights or
    /// no steps.
    /// </summary>
    public double Weight(int sequence) => Steps.Weights.IsEmpty || Offsets[sequence] == Offsets[sequence + 1] ? 1 : Steps.Weights[Offsets[sequence]];

    /// <summary>The rows of one sequence, by its index in this chunk.</summary>
    public RowChunk this[int sequence] => Steps.Slice(Offsets[sequence], Offsets[sequence + 1] - Offsets[sequence]);
}
