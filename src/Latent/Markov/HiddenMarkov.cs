using System.Collections.Immutable;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// The parameters of a hidden Markov model: a chain of states that starts by <see cref="Initial"/> and moves by <see cref="Transition"/>, and in each state
/// draws what is seen from that state's component.
/// </summary>
/// <typeparam name="TComponent">The parameters of one state's emission.</typeparam>
public sealed class HiddenMarkov<TComponent>
{
    /// <summary>Probabilities this close to one in sum are kept to the bit, so that stored ones come back as they were.</summary>
    private const double Normalized = 1e-12;

    [NotSaved]
    private ChainMatrices? _chain;

    [NotSaved]
    private SojournTables? _sojourns;

    /// <summary>Creates the parameters.</summary>
    /// <param name="initial">π: probabilities of the first state, not negative, scaled here to sum to one.</param>
    /// <param name="transition">A, row-major: row i holds the probabilities of the state after i, not negative, each row scaled here to sum to one. A probability of 0 stays 0 under EM.</param>
    /// <param name="emissions">One component per state.</param>
    /// <exception cref="ArgumentException">No states, other numbers of probabilities, or probabilities that are negative, not finite, or all zero.</exception>
    public HiddenMarkov(ReadOnlySpan<double> initial, ReadOnlySpan<double> transition, ReadOnlySpan<TComponent> emissions)
    {
        int states = emissions.Length;
        if (states == 0 || initial.Length != states || transition.Length != states * states)
        {
            throw new ArgumentException($"Expected S emissions, S initial and S × S transition probabilities, S at least 1, found {states}, {initial.Length} and {transition.Length}.");
        }
        Initial = ImmutableArray.Create(Shares(initial, "initial"));
        double[] rows = new double[transition.Length];
        for (int state = 0; state < states; state++)
        {
            Shares(transition.Slice(state * states, states), "transition").CopyTo(rows, state * states);
        }
        Transition = ImmutableArray.Create(rows);
        Emissions = ImmutableArray.Create(emissions);
    }

    /// <summary>Creates the parameters of a hidden semi-Markov model, whose states last as long as their durations say.</summary>
    /// <param name="initial">π: probabilities of the first state.</param>
    /// <param name="transition">
    /// A, row-major: row i holds the probabilities of the state after i once that is left, so that its own place is 0. A row with nothing but its own place is a state that is never left,
    /// whatever its duration.
    /// </param>
    /// <param name="emissions">One component per state.</param>
    /// <param name="durations">One distribution per state, all of one family; none: an ordinary hidden Markov model.</param>
    /// <exception cref="ArgumentException">As of the other constructor; or another number of durations, several families, or a state that follows itself.</exception>
    public HiddenMarkov(ReadOnlySpan<double> initial, ReadOnlySpan<double> transition, ReadOnlySpan<TComponent> emissions, ReadOnlySpan<Duration> durations)
        : this(initial, transition, emissions)
    {
        if (durations.IsEmpty)
        {
            return;
        }
        if (durations.Length != States)
        {
            throw new ArgumentException($"Expected a duration for each of {States} states, found {durations.Length}.", nameof(durations));
        }
        for (int state = 0; state < States; state++)
        {
            if (durations[state].Family.Name != durations[0].Family.Name || durations[state].Family.Longest != durations[0].Family.Longest)
            {
                throw new ArgumentException($"Expected durations of one family, found {durations[0].Family.Name} and {durations[state].Family.Name} or other longest durations.", nameof(durations));
            }
            if (this[state, state] is not (0 or 1))
            {
                throw new ArgumentException($"Expected transitions to other states alone beside durations, found a probability of {this[state, state]:R} from state {state + 1} to itself. Set it to 0.", nameof(transition));
            }
        }
        Durations = [.. durations];
    }

    /// <summary>π: the probability of each state at the first step.</summary>
    public ImmutableArray<double> Initial { get; }

    /// <summary>A, row-major: from × to.</summary>
    public ImmutableArray<double> Transition { get; }

    /// <summary>One component per state.</summary>
    public ImmutableArray<TComponent> Emissions { get; }

    /// <summary>How long each state lasts; empty for an ordinary hidden Markov model, whose <see cref="Transition"/> says that too.</summary>
    public ImmutableArray<Duration> Durations { get; } = [];

    /// <summary>How transitions depend on covariates; null where they do not. <see cref="Transition"/> is then what they are at the means of the covariates, and its zeros are zeros everywhere.</summary>
    public TransitionLogits? Logits { get; init; }

    /// <summary>The number of states S.</summary>
    public int States => Emissions.Length;

    /// <summary>The probabilities in the form that the recursions read.</summary>
    internal ChainMatrices Chain => _chain ??= new ChainMatrices(Initial.AsSpan(), Transition.AsSpan());

    /// <summary>The hazards in the form that the recursions read; for models with durations alone.</summary>
    internal SojournTables Sojourns => _sojourns ??= new SojournTables(Durations.AsSpan(), state => this[state, state] == 1);

    /// <summary>The coordinates that the probabilities were read from, if they were, so that they are written back to the bit.</summary>
    internal double[]? Angles { get; init; }

    /// <summary>The probability of state <paramref name="to"/> right after state <paramref name="from"/>.</summary>
    public double this[int from, int to] => Transition[from * States + to];

    /// <summary>The same model with its states in another order.</summary>
    /// <param name="order">The old place of each new state.</param>
    public HiddenMarkov<TComponent> Reorder(IReadOnlyList<int> order)
    {
        ArgumentNullException.ThrowIfNull(order);
        double[] transition = new double[States * States];
        for (int from = 0; from < States; from++)
        {
            for (int to = 0; to < States; to++)
            {
                transition[from * States + to] = this[order[from], order[to]];
            }
        }
        return new HiddenMarkov<TComponent>(
            [.. order.Select(state => Initial[state])], transition, [.. order.Select(state => Emissions[state])], Durations.IsEmpty ? [] : [.. order.Select(state => Durations[state])])
        {
            Logits = Logits?.Reorder(order),
        };
    }

    /// <summary>The same model with transitions that depend on covariates; where they do not yet, they are the same at all.</summary>
    internal HiddenMarkov<TComponent> Depending(TransitionCovariates covariates) => new(Initial.AsSpan(), Transition.AsSpan(), Emissions.AsSpan())
    {
        Logits = Logits?.In(covariates) ?? TransitionLogits.From(Transition.AsSpan(), covariates),
    };

    private static double[] Shares(ReadOnlySpan<double> values, string what)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value >= 0 && double.IsFinite(value) ? value : throw new ArgumentException($"Expected finite {what} probabilities of zero or more, found {value:R}.");
        }
        if (!(sum > 0) || !double.IsFinite(sum))
        {
            throw new ArgumentException($"Expected {what} probabilities with a positive finite sum, found {sum:R}.");
        }
        double[] shares = values.ToArray();
        if (Math.Abs(sum - 1) > Normalized)
        {
            for (int index = 0; index < shares.Length; index++)
            {
                shares[index] /= sum;
            }
        }
        return shares;
    }
}
