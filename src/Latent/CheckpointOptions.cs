namespace Latent;

/// <summary>
/// Checkpoints of a fit: all that it needs to go on after its process was killed, and to end with the same bits as if it had not been.
/// </summary>
/// <param name="Store">Where they are kept. One store serves one fit. Of several ranks, only rank 0 uses its own.</param>
public sealed record CheckpointOptions(ICheckpointStore Store)
{
    /// <summary>
    /// Whether to go on from the checkpoint in the store, where there is one. The model, its options and the data must be those it was made with; threads, ranks
    /// and time limit may differ. Default false: begin anew and replace it.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// The least time between two checkpoints; zero: after every iteration. Default null: after every iteration that takes more than ten seconds, else
    /// √(2·cost·24 h), Young's rule for one failure a day, with the cost of the last checkpoint, between one second and ten minutes.
    /// </summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>
    /// What the data are, in words, compared instead of a checksum of every value, which takes a pass over them. Default null: the checksum.
    /// </summary>
    public string? DataName { get; init; }

    /// <summary>Receives what is worth knowing: resumed, nothing to resume from, damaged, not written. Called on the thread that finds it.</summary>
    public IProgress<CheckpointNotice>? Notices { get; init; }

    /// <summary>Which of several fits, one after the other, that share the store: from 0.</summary>
    internal int Part { get; init; }

    /// <summary>The options of a fit that follows another one as a part of the same whole: what the first has come to stays in the checkpoint.</summary>
    internal CheckpointOptions Next() => this with { Part = Part + 1 };

    internal CheckpointOptions Checked()
    {
        ArgumentNullException.ThrowIfNull(Store);
        return Interval < TimeSpan.Zero
            ? throw new ArgumentOutOfRangeException(nameof(Interval), Interval, "Expected an interval of zero or more.")
            : this;
    }
}

/// <summary>What happened to a checkpoint.</summary>
public enum CheckpointEvent
{
    /// <summary>There was none to resume from: the fit begins anew.</summary>
    Fresh,

    /// <summary>The fit goes on from it.</summary>
    Resumed,

    /// <summary>It holds a fit that had come to its end: nothing is computed again.</summary>
    Finished,

    /// <summary>The newest is damaged; the one before it serves.</summary>
    Recovered,

    /// <summary>One of a fit that had not come to its end is replaced, because resuming was not asked for.</summary>
    Replaced,

    /// <summary>It could not be written; the fit goes on, and the last good one stays.</summary>
    NotWritten,
}

/// <summary>Something worth knowing about a checkpoint.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Message">The same in words.</param>
public readonly record struct CheckpointNotice(CheckpointEvent Event, string Message);
