using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// The statistic of a hidden Markov model by name: [Σ posteriors of the first steps, S | Σ posteriors of all steps, S | expected transitions, S × S | statistics of the
/// emissions, one state after another, then that of the rows themselves where the family has one].
/// </summary>
/// <param name="all">The whole statistic.</param>
/// <param name="states">S.</param>
internal readonly ref struct MarkovStatistic(Span<double> all, int states)
{
    /// <summary>Everything.</summary>
    public Span<double> All { get; } = all;

    /// <summary>Expected sequences that start in each state.</summary>
    public Span<double> Initial => All[..states];

    /// <summary>Expected steps in each state.</summary>
    public Span<double> Occupancy => All.Slice(states, states);

    /// <summary>Expected transitions, from × to.</summary>
    public Span<double> Transition => All.Slice(2 * states, states * states);

    /// <summary>The statistics of the emissions.</summary>
    public Span<double> Emissions => All[LengthOf(states)..];

    /// <summary>Doubles before those of the emissions.</summary>
    public static int LengthOf(int states) => states * (2 + states);

    /// <summary>Adds the posteriors of a first step.</summary>
    public void AddInitial(ReadOnlySpan<double> posteriors)
    {
        for (int state = 0; state < posteriors.Length; state++)
        {
            Initial[state] += posteriors[state];
        }
    }

    /// <summary>Adds A∘X, where X is Σ αₜ₋₁·(bₜ∘βₜ)ᵀ, each term scaled.</summary>
    /// <param name="chain">A.</param>
    /// <param name="pairs">X, width × width.</param>
    public void AddPairs(ChainMatrices chain, ReadOnlySpan<double> pairs) => AddPairs(chain, pairs, states, Transition);

    /// <summary>The same to sums of transitions that stand by themselves.</summary>
    public static void AddPairs(ChainMatrices chain, ReadOnlySpan<double> pairs, int states, Span<double> transition)
    {
        for (int from = 0; from < states; from++)
        {
            for (int to = 0; to < states; to++)
            {
                int at = from * chain.Width + to;
                // An impossible transition has no part, whatever the states on its sides.
                double probability = chain.Forward.Span[at];
                transition[from * states + to] += probability > 0 ? probability * pairs[at] : 0;
            }
        }
    }
}
