using System.Collections.Immutable;
using Latent.Mixtures;

namespace Latent.Markov;

/// <summary>How a hidden Markov model is fitted, whatever its emissions.</summary>
/// <typeparam name="TComponent">The parameters of one state's emission.</typeparam>
public record HiddenMarkovOptions<TComponent> : EmOptions
{
    /// <summary>Which transitions there can be. Default: all.</summary>
    public ChainStructure Structure { get; init; } = ChainStructure.Free;

    /// <summary>The prior of initial and transition probabilities. Default: none, maximum likelihood.</summary>
    public ChainPrior ChainPrior { get; init; } = ChainPrior.None;

    /// <summary>
    /// How long states last: hidden semi-Markov models. Default: null, as the transitions say, which is geometric. Then <see cref="HiddenMarkov{TComponent}.Transition"/> says where a state leads once it ends.
    /// </summary>
    public DurationFamily? Durations { get; init; }

    /// <summary>
    /// Which emission each state has, numbered from 0, where states share some; the states then keep this order. Empty (default): each its own. States 0, 0, 1 that are passed one after another
    /// last as a phase-type distribution says.
    /// </summary>
    public ImmutableArray<int> EmissionOf { get; init; } = [];

    /// <summary>What the E-step makes of the paths' probabilities. Default: soft, which is EM; <see cref="ResponsibilityTransform.Hard"/> is Viterbi training.</summary>
    public ResponsibilityTransform Responsibilities { get; init; } = ResponsibilityTransform.Soft;

    /// <summary>
    /// Different starts that compete; ignored when a start is given. 0 (default): ten, and forty where the data are so small that they cost next to nothing.
    /// </summary>
    public int Starts { get; init; }

    /// <summary>
    /// What makes the emissions of the starts, taking the steps as rows of a mixture; their transitions are by turns those that stay and those that forget. Default:
    /// <see cref="MixtureInitializer.Default"/>. Left-right models start from sequences cut into consecutive parts instead.
    /// <see cref="SpectralInitializer"/> makes emissions and transitions together from the moments of consecutive steps.
    /// </summary>
    public IReadOnlyList<MixtureInitializer>? Initializers { get; init; }

    /// <summary>
    /// How the starts compete. Null (default): by <see cref="RacePlan.Default"/>, and where the data are small every start runs to its end, since optima of hidden Markov models often lie close together.
    /// </summary>
    public RacePlan? Race { get; init; }

    /// <summary>Above this number of steps the race is run on a part of the data of about that size, and its winner goes on with all. Default 50,000.</summary>
    public int RaceSteps { get; init; } = 50_000;

    /// <summary>Parameters to start from: one start, and the states keep its order.</summary>
    public HiddenMarkov<TComponent>? Start { get; init; }

    /// <summary>The same options for emissions of another type.</summary>
    internal HiddenMarkovOptions<TOther> For<TOther>(HiddenMarkov<TOther>? start) => new()
    {
        Stopping = Stopping,
        Acceleration = Acceleration,
        MaxIterations = MaxIterations,
        TimeLimit = TimeLimit,
        Threads = Threads,
        Seed = Seed,
        Progress = Progress,
        Communicator = Communicator,
        Checkpoint = Checkpoint,
        Structure = Structure,
        ChainPrior = ChainPrior,
        Durations = Durations,
        EmissionOf = EmissionOf,
        Responsibilities = Responsibilities,
        Starts = Starts,
        Initializers = Initializers,
        Race = Race,
        RaceSteps = RaceSteps,
        Start = start,
    };
}
