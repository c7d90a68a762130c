namespace Latent.Clustering;

/// <summary>How k-means runs. Checked once, when it is used.</summary>
public sealed record KMeansOptions
{
    /// <summary>The options a fit has when none are given.</summary>
    public static KMeansOptions Default { get; } = new();

    /// <summary>Independent starts, of which the one with the least inertia is kept. Default 10; centers that are given make one start.</summary>
    public int Starts { get; init; } = 10;

    /// <summary>The seed of everything random; start i uses the seed plus i. The same seed gives the same bits.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How starts choose their centers. Default: greedy k-means++.</summary>
    public KMeansInitializer Initializer { get; init; } = KMeansInitializer.PlusPlus;

    /// <summary>Centers to start from, in the order that the result keeps; null: chosen by <see cref="Initializer"/>.</summary>
    public KMeansCenters? StartCenters { get; init; }

    /// <summary>
    /// Whether Lloyd's iterations are all (<see cref="EmAlgorithm.Batch"/>, the default), or every start begins with epochs of <see cref="StepwiseEm"/> (mini-batch k-means
    /// [Sculley2010]) or <see cref="IncrementalEm"/>.
    /// </summary>
    public EmAlgorithm Algorithm { get; init; } = EmAlgorithm.Batch;

    /// <summary>The most iterations (moves of the centers) of one start. Default 300; 0 evaluates the start alone.</summary>
    public int MaxIterations { get; init; } = 300;

    /// <summary>Stops a start when the inertia changes by no more than this share of itself. Default 0: only when no row changes its cluster.</summary>
    public double Tolerance { get; init; }

    /// <summary>The most time for the whole fit, that before it was resumed included, or null for no limit. The result is then the best so far.</summary>
    [field: NotSaved]
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Threads to use; 0 (default) uses every processor. The result has the same bits whatever the number.</summary>
    [field: NotSaved]
    public int Threads { get; init; }

    /// <summary>Receives the state after every iteration, on the thread that runs the fit; the objective is minus the inertia.</summary>
    [field: NotSaved]
    public IProgress<EmProgress>? Progress { get; init; }

    /// <summary>The processes that share the fit, each of which sees all the data; null: this one alone.</summary>
    [field: NotSaved]
    public ICommunicator? Communicator { get; init; }

    /// <summary>Keeps what a fit needs to go on after its process was killed, and to end with the same bits; null: nothing is kept.</summary>
    [field: NotSaved]
    public CheckpointOptions? Checkpoint { get; init; }

    internal int ThreadCount => Threads > 0 ? Threads : Environment.ProcessorCount;

    internal KMeansOptions Checked(int columns, int clusters)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Starts);
        ArgumentNullException.ThrowIfNull(Algorithm);
        Algorithm.Checked();
        ArgumentOutOfRangeException.ThrowIfNegative(MaxIterations);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        Checkpoint?.Checked();
        if (!(Tolerance >= 0 && double.IsFinite(Tolerance)))
        {
            throw new ArgumentOutOfRangeException(nameof(Tolerance), Tolerance, "Expected a finite tolerance of zero or more.");
        }
        if (TimeLimit < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(TimeLimit), TimeLimit, "Expected a time limit of zero or more.");
        }
        if (!Enum.IsDefined(Initializer))
        {
            throw new ArgumentOutOfRangeException(nameof(Initializer), Initializer, "Expected PlusPlus or RandomRows.");
        }
        if (StartCenters is { } start && (start.Count != clusters || start.Columns != columns))
        {
            throw new ArgumentException($"Expected {clusters} start centers of {columns} columns, found {start.Count} of {start.Columns}.", nameof(StartCenters));
        }
        return this;
    }
}
