namespace Latent;

/// <summary>How the engine runs a fit. Checked once, when it is used.</summary>
public record EmOptions
{
    /// <summary>The options a fit has when none are given.</summary>
    public static EmOptions Default { get; } = new();

    /// <summary>When to stop. Default: <see cref="StoppingRule.RemainingGain"/> of 1e-6 nats.</summary>
    public StoppingRule Stopping { get; init; } = StoppingRule.RemainingGain();

    /// <summary>How the passes over the data are used. Default: accelerated, for models that have coordinates; plain EM for the others.</summary>
    public Accelerator Acceleration { get; init; } = Accelerator.Default;

    /// <summary>
    /// Whether batch EM is all (<see cref="EmAlgorithm.Batch"/>, the default), or epochs of <see cref="StepwiseEm"/> or <see cref="IncrementalEm"/> come first, for data so large that
    /// few passes can be afforded. They count as <see cref="EmResult.Evaluations"/>, sweeps over a sample by its share of the data; the result is that of batch EM from where they led.
    /// </summary>
    public EmAlgorithm Algorithm { get; init; } = EmAlgorithm.Batch;

    /// <summary>The most EM iterations (M-steps) of one start. Default 10,000; 0 evaluates the start alone.</summary>
    public int MaxIterations { get; init; } = 10_000;

    /// <summary>The most time for the whole fit, that before it was resumed included, or null for no limit. The result is then the best so far.</summary>
    [field: NotSaved]
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Threads to use; 0 (default) uses every processor. The result has the same bits whatever the number.</summary>
    [field: NotSaved]
    public int Threads { get; init; }

    /// <summary>The seed of everything random. The same seed gives the same bits.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Receives the state after every iteration; starts that run side by side report from several threads.</summary>
    [field: NotSaved]
    public IProgress<EmProgress>? Progress { get; init; }

    /// <summary>The processes that share the fit; null: this one alone.</summary>
    [field: NotSaved]
    public ICommunicator? Communicator { get; init; }

    /// <summary>Keeps what a fit needs to go on after its process was killed, and to end with the same bits; null: nothing is kept.</summary>
    [field: NotSaved]
    public CheckpointOptions? Checkpoint { get; init; }

    internal int ThreadCount => ThreadsOrAll(Threads);

    internal static int ThreadsOrAll(int threads) => threads > 0 ? threads : Environment.ProcessorCount;

    internal EmOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxIterations);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentNullException.ThrowIfNull(Stopping);
        ArgumentNullException.ThrowIfNull(Acceleration);
        Checkpoint?.Checked();
        ArgumentNullException.ThrowIfNull(Algorithm);
        Algorithm.Checked();
        if (TimeLimit < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(TimeLimit), TimeLimit, "Expected a time limit of zero or more.");
        }
        return this;
    }
}

/// <summary>The state of a fit after an iteration.</summary>
/// <param name="Start">The index of the start that is running, from 0.</param>
/// <param name="Iteration">Iterations done by this start.</param>
/// <param name="Objective">The objective (log-likelihood plus log-prior, nats) at the current parameters.</param>
/// <param name="RemainingGain">Aitken's estimate of what is still to gain, in nats; NaN while it cannot be had.</param>
/// <param name="Elapsed">Time since the fit began.</param>
public readonly record struct EmProgress(int Start, int Iteration, double Objective, double RemainingGain, TimeSpan Elapsed);
