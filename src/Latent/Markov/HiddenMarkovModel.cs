using System.Collections.Concurrent;
using Latent.Data;
using Latent.Families;
using Latent.Kernels;
using Latent.Mixtures;

namespace Latent.Markov;

/// <summary>
/// The hidden Markov model with emissions of any family as an EM model: Baum–Welch [Baum1970]. An observation is a whole sequence. A step without any
/// observed cell says nothing of its state; a label at a step says which state it is.
/// </summary>
/// <typeparam name="TComponent">The parameters of one state's emission.</typeparam>
public sealed partial class HiddenMarkovModel<TComponent> : IEmModel<HiddenMarkov<TComponent>, SequenceChunk>, IDegeneracyReport<HiddenMarkov<TComponent>>
{
    private readonly ConcurrentBag<ForwardBackward<TComponent>> _workspaces = [];
    private readonly ConcurrentBag<Viterbi<TComponent>> _decoders = [];

    /// <summary>A model of <paramref name="states"/> states over steps of <paramref name="columns"/> values.</summary>
    /// <param name="family">The family of the emissions: any that a mixture can have.</param>
    /// <param name="states">S.</param>
    /// <param name="columns">Values per step.</param>
    /// <param name="structure">Which transitions there can be; null: all.</param>
    /// <param name="prior">The prior of initial and transition probabilities; null: none.</param>
    /// <param name="responsibilities">
    /// What the E-step makes of the paths' probabilities: <see cref="ResponsibilityTransform.Soft"/> (null) is EM, <see cref="ResponsibilityTransform.Hard"/>
    /// gives everything to the most probable path (Viterbi training), and an annealed one raises the probability of every path to a power.
    /// </param>
    /// <exception cref="ArgumentException">The prior is not valid, or one of the initial distribution of a stationary model, which has none.</exception>
    public HiddenMarkovModel(
        IFamily<TComponent, RowTile> family, int states, int columns, ChainStructure? structure = null, ChainPrior? prior = null, ResponsibilityTransform? responsibilities = null)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(states);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Family = family;
        States = states;
        Columns = columns;
        Structure = structure ?? ChainStructure.Free;
        Prior = (prior ?? ChainPrior.None).Checked();
        Responsibilities = responsibilities ?? ResponsibilityTransform.Soft;
        if (Structure.Stationary && Prior.Initial > 1)
        {
            throw new ArgumentException($"Expected no prior of the initial distribution of a stationary model, which follows from its transitions, found a concentration of {Prior.Initial:R}. Leave it at 1.", nameof(prior));
        }
        TileStatisticLength = family is ITileTransform<TComponent> transform ? transform.TileStatisticLength : 0;
        ChainLength = checked(MarkovStatistic.LengthOf(states) + states * family.StatisticLength + TileStatisticLength);
    }

    /// <summary>The family of the emissions.</summary>
    public IFamily<TComponent, RowTile> Family { get; }

    /// <summary>The number of states S.</summary>
    public int States { get; }

    /// <summary>Values per step.</summary>
    public int Columns { get; }

    /// <summary>Which transitions there can be.</summary>
    public ChainStructure Structure { get; }

    /// <summary>The prior of initial and transition probabilities.</summary>
    public ChainPrior Prior { get; }

    /// <summary>What the E-step makes of the paths' probabilities.</summary>
    public ResponsibilityTransform Responsibilities { get; }

    /// <inheritdoc/>
    public int StatisticLength => ChainLength + DurationLength + LogitLength;

    /// <summary>Threads for one sequence that is longer than the buffers; the others come to the model with chunks of their own.</summary>
    internal int Threads { get; set; } = 1;

    private int TileStatisticLength { get; }

    /// <summary>Doubles of the statistic before those of the durations.</summary>
    private int ChainLength { get; }

    /// <summary>Free parameters: those of the structure, and those of the emissions.</summary>
    public int FreeParameters => (Covariates is not null ? FreeOfLogits : Durations is null ? Structure.FreeParameters(States) : FreeOfSojourns) +
        (Family is IJointFamily<TComponent> joint ? joint.FreeParametersOf(Emissions) : Emissions * Family.FreeParameters);

    /// <inheritdoc/>
    public double Expect(HiddenMarkov<TComponent> parameters, SequenceChunk chunk, Span<double> statistic)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        double power = Responsibilities.InverseTemperature;
        if (RentPass(parameters) is { } pass)
        {
            double found = pass.Expect(parameters, chunk, statistic, power);
            Return(pass);
            return double.IsPositiveInfinity(power) ? found : found / power;
        }
        if (double.IsPositiveInfinity(power))
        {
            Viterbi<TComponent> decoder = RentDecoder();
            double best = decoder.Expect(parameters, chunk, new MarkovStatistic(statistic, States));
            _decoders.Add(decoder);
            return best;
        }
        ForwardBackward<TComponent> workspace = Rent();
        double objective = workspace.Expect(parameters, chunk, new MarkovStatistic(statistic[..ChainLength], States), LogitsOf(statistic), power);
        _workspaces.Add(workspace);
        return objective / power;
    }

    /// <inheritdoc/>
    public HiddenMarkov<TComponent> Maximize(ReadOnlySpan<double> statistic, HiddenMarkov<TComponent> current)
    {
        ArgumentNullException.ThrowIfNull(current);
        ReadOnlySpan<double> transition = statistic.Slice(2 * States, States * States);
        TComponent[] emissions = EstimateEmissions(statistic[MarkovStatistic.LengthOf(States)..ChainLength], current.Emissions.AsSpan());
        double[] counts = Counts(transition, current);
        if (Structure.Stationary)
        {
            double[] best = StationaryChain.Maximize(statistic[..States], counts, current.Transition.AsSpan());
            return new HiddenMarkov<TComponent>(StationaryChain.Distribution(best, States) ?? current.Initial.AsSpan(), best, emissions);
        }
        double[] initial = statistic[..States].ToArray();
        for (int state = 0; state < States; state++)
        {
            initial[state] += current.Initial[state] > 0 ? Prior.Initial - 1 : 0;
        }
        double[] rows = current.Transition.ToArray();
        for (int from = 0; from < States; from++)
        {
            ReadOnlySpan<double> row = counts.AsSpan(from * States, States);
            // A state that is never left, or never visited, says nothing of where it leads.
            if (row.IndexOfAnyExcept(0.0) >= 0)
            {
                row.CopyTo(rows.AsSpan(from * States));
            }
        }
        TransitionLogits? logits = EstimateLogits(statistic[ChainLength..], current);
        logits?.AtCenter(current.Transition.AsSpan()).CopyTo(rows, 0);
        return new HiddenMarkov<TComponent>(
            initial.AsSpan().IndexOfAnyExcept(0.0) >= 0 ? initial : current.Initial.AsSpan(), rows, emissions, EstimateDurations(statistic[ChainLength..], current))
        {
            Logits = logits,
        };
    }

    /// <inheritdoc/>
    public double LogPrior(HiddenMarkov<TComponent> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return Prior.LogDensity(parameters.Initial.AsSpan(), parameters.Transition.AsSpan()) +
            (Family is IPriorFamily<TComponent> family ? family.LogPrior(Own(parameters.Emissions.AsSpan())) : 0);
    }

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(HiddenMarkov<TComponent> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        for (int state = 0; state < States; state++)
        {
            bool reached = parameters.Initial[state] > 0;
            for (int from = 0; from < States && !reached; from++)
            {
                reached = from != state && parameters[from, state] > 0;
            }
            if (!reached)
            {
                yield return (state, "no step belongs to the state and nothing leads to it; it stays so. Use fewer states, or another start.");
            }
            else if (Family is IDegeneracyReport<TComponent> family)
            {
                foreach ((_, string message) in family.Degeneracies(parameters.Emissions[state]))
                {
                    yield return (state, message);
                }
            }
        }
    }

    internal ForwardBackward<TComponent> Rent() =>
        _workspaces.TryTake(out ForwardBackward<TComponent>? workspace) ? workspace : new ForwardBackward<TComponent>(Family, Columns, States, StatisticLength, Threads, First, Covariates?.Terms ?? 0);

    internal void Return(ForwardBackward<TComponent>? workspace)
    {
        if (workspace is not null)
        {
            _workspaces.Add(workspace);
        }
    }

    internal Viterbi<TComponent> RentDecoder() =>
        _decoders.TryTake(out Viterbi<TComponent>? decoder) ? decoder : new Viterbi<TComponent>(Family, Columns, States, First);

    internal void Return(Viterbi<TComponent>? decoder)
    {
        if (decoder is not null)
        {
            _decoders.Add(decoder);
        }
    }

    /// <summary>Expected transitions with the prior's; where a probability is 0 there are none.</summary>
    private double[] Counts(ReadOnlySpan<double> transition, HiddenMarkov<TComponent> current)
    {
        double[] counts = transition.ToArray();
        for (int at = 0; at < counts.Length; at++)
        {
            counts[at] += current.Transition[at] > 0 ? Prior.Count(at / States, at % States) : 0;
        }
        return counts;
    }

    private TComponent[] EstimateEmissions(ReadOnlySpan<double> statistics, ReadOnlySpan<TComponent> current)
    {
        if (Family is IJointFamily<TComponent> joint)
        {
            return Shared(joint.Estimate(OwnStatistics(statistics), Own(current)));
        }
        int length = Family.StatisticLength;
        TComponent[] emissions = new TComponent[States];
        for (int state = 0; state < States; state++)
        {
            emissions[state] = First is null || First[state] == state ? Family.Estimate(statistics.Slice(state * length, length), current[state]) : emissions[First[state]];
        }
        return emissions;
    }

    internal static ChainMatrices Raise(HiddenMarkov<TComponent> parameters, double power)
    {
        double Raised(double probability) => probability > 0 ? Elementary.Exp(power * Elementary.Log(probability)) : 0;
        return new ChainMatrices([.. parameters.Initial.Select(Raised)], [.. parameters.Transition.Select(Raised)]);
    }
}
