using System.Collections.Immutable;

namespace Latent.Markov;

/// <content>States that share an emission: the same look, but another past or future. A row of them that are passed one after another lasts as a phase-type distribution says.</content>
public sealed partial class HiddenMarkovModel<TComponent>
{
    /// <summary>Which emission each state has, numbered from 0; empty (the default): its own.</summary>
    /// <exception cref="ArgumentException">Not one number per state, or numbers that leave one out.</exception>
    public ImmutableArray<int> EmissionOf
    {
        get;
        init
        {
            if (!value.IsDefaultOrEmpty)
            {
                int[] distinct = [.. value.Distinct().Order()];
                if (value.Length != States || !distinct.AsSpan().SequenceEqual(Enumerable.Range(0, distinct.Length).ToArray()))
                {
                    throw new ArgumentException($"Expected an emission for each of {States} states, numbered from 0 without gaps, found {string.Join(", ", value)}.", nameof(value));
                }
                First = [.. value.Select(own => value.IndexOf(own))];
                Emissions = distinct.Length;
            }
            field = value.IsDefault ? [] : value;
        }
    } = [];

    /// <summary>The first state that has the emission of each; null where each has its own.</summary>
    internal int[]? First { get; private init; }

    /// <summary>The number of different emissions.</summary>
    internal int Emissions
    {
        get => field == 0 ? States : field;
        private init;
    }

    /// <summary>The different ones of the emissions of all states, in the order of the first states that have them.</summary>
    internal ReadOnlySpan<TComponent> Own(ReadOnlySpan<TComponent> emissions)
    {
        if (First is null)
        {
            return emissions;
        }
        List<TComponent> own = [];
        for (int state = 0; state < States; state++)
        {
            if (First[state] == state)
            {
                own.Add(emissions[state]);
            }
        }
        return own.ToArray();
    }

    /// <summary>The emissions of all states from the different ones.</summary>
    internal TComponent[] Shared(TComponent[] own)
    {
        if (First is null)
        {
            return own;
        }
        TComponent[] emissions = new TComponent[States];
        for (int state = 0, next = 0; state < States; state++)
        {
            emissions[state] = First[state] == state ? own[next++] : emissions[First[state]];
        }
        return emissions;
    }

    /// <summary>The statistics of the different emissions, and that of the rows themselves.</summary>
    private ReadOnlySpan<double> OwnStatistics(ReadOnlySpan<double> statistics)
    {
        if (First is null)
        {
            return statistics;
        }
        int length = Family.StatisticLength;
        List<double> own = [];
        for (int state = 0; state < States; state++)
        {
            if (First[state] == state)
            {
                own.AddRange(statistics.Slice(state * length, length));
            }
        }
        own.AddRange(statistics[(States * length)..]);
        return own.ToArray();
    }
}
