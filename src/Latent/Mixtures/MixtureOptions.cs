namespace Latent.Mixtures;

/// <summary>How a mixture is fitted, whatever its family.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public record MixtureOptions<TComponent> : EmOptions
{
    /// <summary>
    /// Different starts that compete; ignored when a start is given. 0 (default): ten, and forty where the data are so small, up to 16,384 rows times
    /// doubles of statistic, that they cost next to nothing; up to 131,072, <see cref="HierarchicalInitializer"/> and <see cref="SplitInitializer"/> make one more each
    /// where <see cref="Initializers"/> is null.
    /// </summary>
    public int Starts { get; init; }

    /// <summary>
    /// What makes the starts: the first start by the first, and so on, then again from those that are not deterministic. Default:
    /// <see cref="MixtureInitializer.Default"/>, after <see cref="SplitInitializer"/> where <see cref="Smaller"/> is given.
    /// </summary>
    public IReadOnlyList<MixtureInitializer>? Initializers { get; init; }

    /// <summary>A fit with fewer components, for <see cref="SplitInitializer"/> to grow from.</summary>
    public Mixture<TComponent>? Smaller { get; init; }

    /// <summary>How the starts compete.</summary>
    public RacePlan Race { get; init; } = RacePlan.Default;

    /// <summary>Above this number of rows the race is run on a random subset of so many, and its winner goes on with all rows. Default 50,000.</summary>
    public int RaceRows { get; init; } = 50_000;

    /// <summary>
    /// A of a Dirichlet(A, …, A) prior on the weights, at least 1 and finite: the fit then maximises log-likelihood plus (A − 1)·Σ log πₖ, its weights are (Nₖ + A − 1)/Σ, and no
    /// component is ever empty. Default 1: no prior.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A is below 1 or not finite.</exception>
    public double WeightPrior
    {
        get;
        init => field = value >= 1 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(WeightPrior), value, "Expected a finite weight prior of 1 or more. 1 is no prior.");
    } = 1;

    /// <summary>Whether the components' weights are held equal. Default false: they are estimated.</summary>
    public bool EqualWeights { get; init; }

    /// <summary>A uniform noise component for rows that belong to no other; null (default): there is none.</summary>
    public NoiseOptions? Noise { get; init; }

    /// <summary>
    /// The share of the rows to leave out, those that the mixture explains worst: the fit maximises the likelihood of the others over both parameters and rows [Neykov2007]. At least 0, below 0.5;
    /// default 0: none. See <see cref="MixtureFit{TComponent}.Trimmed"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in [0, 0.5).</exception>
    public double Trim
    {
        get;
        init => field = value is >= 0 and < 0.5
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Trim), value, "Expected a share of at least 0 and below 0.5.");
    }

    /// <summary>
    /// Whether the number of components asked for is only where to begin: components that are not worth their parameters are annihilated one by one, and the number of the
    /// shortest message is kept [FigueiredoJain2002]. One run from one start, by the first of <see cref="Initializers"/> or random responsibilities; the fit itself then goes on from there as any
    /// other. Default false.
    /// </summary>
    public bool Annihilate { get; init; }

    /// <summary>What becomes of components that collapse or lose all their rows. Default: they are held where the likelihood is bounded, and reported.</summary>
    public DegeneracyPolicy Degeneracy { get; init; }

    /// <summary>Parameters to start from: one start, and the components keep its order.</summary>
    public Mixture<TComponent>? Start { get; init; }

    /// <summary>A partition to start from: the component of each row, from 0, or −1 to leave the row out of the first M-step (with <see cref="Noise"/>, to begin as noise). One start.</summary>
    public IReadOnlyList<int>? StartLabels { get; init; }

    /// <summary>Rows that serve as first means, one per component: equal weights, and everything else as in the data at large. One start, and the components keep its order.</summary>
    public IReadOnlyList<double[]>? StartMeans { get; init; }

    /// <summary>Parameters from elsewhere that race after the starts of <see cref="Initializers"/>; with them these may be none.</summary>
    internal IReadOnlyList<Contender<TComponent>> Contenders { get; init; } = [];

    /// <summary>The same options for components of another type.</summary>
    internal MixtureOptions<TOther> For<TOther>(Mixture<TOther>? start, Mixture<TOther>? smaller, IReadOnlyList<Contender<TOther>> contenders) => new()
    {
        Stopping = Stopping,
        Acceleration = Acceleration,
        Algorithm = Algorithm,
        MaxIterations = MaxIterations,
        TimeLimit = TimeLimit,
        Threads = Threads,
        Seed = Seed,
        Progress = Progress,
        Communicator = Communicator,
        Checkpoint = Checkpoint,
        Starts = Starts,
        Initializers = Initializers,
        Smaller = smaller,
        Contenders = contenders,
        Race = Race,
        RaceRows = RaceRows,
        Start = start,
        StartLabels = StartLabels,
        StartMeans = StartMeans,
        WeightPrior = WeightPrior,
        EqualWeights = EqualWeights,
        Noise = Noise,
        Trim = Trim,
        Annihilate = Annihilate,
        Degeneracy = Degeneracy,
    };
}

/// <summary>Parameters that compete with other starts.</summary>
/// <param name="Name">What <see cref="StartReport"/> calls them.</param>
/// <param name="Start">The parameters.</param>
internal readonly record struct Contender<TComponent>(string Name, Mixture<TComponent> Start);
