namespace Latent.Markov;

/// <summary>The statistic of a hidden semi-Markov model: that of the chain, then of each state the expected stays that end at each age, and those that go on, D each.</summary>
/// <param name="all">The whole statistic.</param>
/// <param name="states">S.</param>
/// <param name="ages">D.</param>
internal readonly ref struct SojournStatistic(Span<double> all, int states, int ages)
{
    /// <summary>Everything.</summary>
    public Span<double> All { get; } = all;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => All.IsEmpty;

    /// <summary>The part of the chain and of the emissions.</summary>
    public MarkovStatistic Chain => new(All[..^LengthOf(states, ages)], states);

    /// <summary>The part of the stays: states × {ended, went on} × ages.</summary>
    public Span<double> Stays => IsEmpty ? [] : All[^LengthOf(states, ages)..];

    /// <summary>Doubles of the stays.</summary>
    public static int LengthOf(int states, int ages) => checked(2 * states * ages);

    /// <summary>Adds sums that lack the factor of the hazard.</summary>
    public void AddStays(SojournTables tables, ReadOnlySpan<double> ended, ReadOnlySpan<double> stayed)
    {
        for (int state = 0; state < states; state++)
        {
            Span<double> own = Stays.Slice(2 * state * ages, 2 * ages);
            ReadOnlySpan<double> ends = tables.EndsOf(state);
            ReadOnlySpan<double> stays = tables.StaysOf(state);
            for (int age = 0; age < ages; age++)
            {
                own[age] += ends[age] * ended[state * tables.Padded + age];
                own[ages + age] += stays[age] * stayed[state * tables.Padded + age];
            }
        }
    }
}
