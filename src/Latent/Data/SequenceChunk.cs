namespace Latent.Data;

/// <summary>Whole sequences of rows, side by side: the chunk of every model of sequences.</summary>
public readonly struct SequenceChunk
{
    private readonly ReadOnlyMemory<int> _offsets;

    /// <summary>A chunk of sequences.</summary>
    /// <param name="steps">The rows of all its sequences, one after the other.</param>
    /// <param name="offsets">Where each sequence starts in <paramref name="steps"/>, from 0, and at the end the number of steps.</param>
    /// <param name="firstSequence">The index of the first sequence in the whole data set.</param>
    /// <exception cref="ArgumentException">The offsets do not start at 0, do not end at the number of steps, or decrease.</exception>
    public SequenceChunk(RowChunk steps, ReadOnlyMemory<int> offsets, long firstSequence = 0)
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
        Steps = steps;
        _offsets = offsets;
        FirstSequence = firstSequence;
    }

    /// <summary>The rows of all sequences of this chunk, one sequence after the other.</summary>
    public RowChunk Steps { get; }

    /// <summary>Where each sequence starts in <see cref="Steps"/>, and at the end the number of steps.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.Span;

    /// <summary>The number of sequences.</summary>
    public int Sequences => Math.Max(0, _offsets.Length - 1);

    /// <summary>The index of the first sequence in the whole data set.</summary>
    public long FirstSequence { get; }

    /// <summary>The rows of one sequence, by its index in this chunk.</summary>
    public RowChunk this[int sequence] => Steps.Slice(Offsets[sequence], Offsets[sequence + 1] - Offsets[sequence]);
}
