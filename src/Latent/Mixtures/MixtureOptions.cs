namespace Latent.Mixtures;

/// <summary>How a mixture is fitted, whatever its family.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public record MixtureOptions<TComponent> : EmOptions
{
    /// <summary>Different starts that compete. Default 12; ignored when a start is given.</summary>
    public int Starts { get; init; } = 12;

    /// <summary>How the starts compete.</summary>
    public RacePlan Race { get; init; } = RacePlan.Default;

    /// <summary>Above this number of rows the race is run on a random subset of so many, and its winner goes on with all rows. Default 50,000.</summary>
    public int RaceRows { get; init; } = 50_000;

    /// <summary>Parameters to start from: one start, and the components keep its order.</summary>
    public Mixture<TComponent>? Start { get; init; }

    /// <summary>A partition to start from: the component of each row, from 0, or −1 to leave the row out of the first M-step. One start.</summary>
    public IReadOnlyList<int>? StartLabels { get; init; }

    /// <summary>Rows that serve as first means, one per component: equal weights, and everything else as in the data at large. One start, and the components keep its order.</summary>
    public IReadOnlyList<double[]>? StartMeans { get; init; }

    /// <summary>The same options for components of another type.</summary>
    internal MixtureOptions<TOther> For<TOther>(Mixture<TOther>? start) => new()
    {
        Stopping = Stopping,
        Acceleration = Acceleration,
        MaxIterations = MaxIterations,
        TimeLimit = TimeLimit,
        Threads = Threads,
        Seed = Seed,
        Progress = Progress,
        Communicator = Communicator,
        Starts = Starts,
        Race = Race,
        RaceRows = RaceRows,
        Start = start,
        StartLabels = StartLabels,
        StartMeans = StartMeans,
    };
}
