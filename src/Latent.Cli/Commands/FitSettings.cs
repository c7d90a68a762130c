namespace Latent.Cli.Commands;

/// <summary>What the options of a fit say, whatever the model. Null: not given.</summary>
internal sealed record FitSettings
{
    public required ulong Seed { get; init; }

    public int? Starts { get; init; }

    public string? Start { get; init; }

    public int? MaxIterations { get; init; }

    public double? Tolerance { get; init; }

    public TimeSpan? TimeLimit { get; init; }

    public int Threads { get; init; }

    public Accelerator? Acceleration { get; init; }

    public EmAlgorithm Algorithm { get; init; } = EmAlgorithm.Batch;

    public string? Output { get; init; }

    public string? Trace { get; init; }

    public bool Json { get; init; }

    public bool Full { get; init; }

    public bool RequireConvergence { get; init; }

    /// <summary>Whether the processes of an MPI job share the fit.</summary>
    public bool Mpi { get; init; }

    /// <summary>Those processes, once started.</summary>
    public ICommunicator? Communicator { get; init; }

    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>The options of the engine that these settings ask for.</summary>
    public TOptions Apply<TOptions>(TOptions options, IProgress<EmProgress>? progress)
        where TOptions : EmOptions => options with
        {
            Seed = Seed,
            MaxIterations = MaxIterations ?? options.MaxIterations,
            Stopping = Tolerance is { } tolerance ? StoppingRule.RelativeChange(tolerance) : options.Stopping,
            Acceleration = Acceleration ?? options.Acceleration,
            Algorithm = Algorithm,
            TimeLimit = TimeLimit,
            Threads = Threads,
            Checkpoint = Checkpoint,
            Progress = progress,
            Communicator = Communicator,
        };
}
