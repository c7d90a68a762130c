using System.Collections.Concurrent;

namespace Latent.Markov;

/// <content>States that last as their durations say: hidden semi-Markov models [Guedon2003].</content>
public sealed partial class HiddenMarkovModel<TComponent>
{
    private readonly ConcurrentBag<IChainPass<TComponent>> _passes = [];

    /// <summary>How long states last; null: as the transitions say, which is geometric.</summary>
    /// <exception cref="ArgumentException">Its longest duration is not known, or the model is to be stationary.</exception>
    public DurationFamily? Durations
    {
        get;
        init
        {
            if (value is { Longest: 0 })
            {
                throw new ArgumentException($"Expected {value.Name} durations up to a given number of steps, found none given. Name the longest duration.", nameof(value));
            }
            if (value is not null && (Structure.Stationary || Prior.Stay > 0))
            {
                throw new ArgumentException("Expected neither a stationary start nor a prior of staying beside durations, found one. Leave it out.", nameof(value));
            }
            field = value;
        }
    }

    /// <summary>Doubles of the statistic of the durations.</summary>
    private int DurationLength => Durations is null ? 0 : SojournStatistic.LengthOf(States, Durations.Longest);

    /// <summary>Free parameters of the initial distribution, of the moves to other states, and of the durations of states that can be left.</summary>
    private int FreeOfSojourns
    {
        get
        {
            int free = Enumerable.Range(0, States).Count(Structure.AllowsInitial) - 1;
            for (int from = 0; from < States; from++)
            {
                int moves = Enumerable.Range(0, States).Count(to => IsMove(from, to));
                free += moves == 0 ? 0 : moves - 1 + Durations!.FreeParameters;
            }
            return free;
        }
    }

    /// <summary>Whether a state can be followed by another.</summary>
    internal bool IsMove(int from, int to) => from != to && Structure.Allows(from, to, States);

    /// <summary>The recursions of a chain that is more than a matrix; null where it is one.</summary>
    /// <exception cref="ArgumentException">The parameters have durations and the model has none, or the reverse.</exception>
    internal IChainPass<TComponent>? RentPass(HiddenMarkov<TComponent> parameters)
    {
        if (Covariates is not null != parameters.Logits is not null)
        {
            throw new ArgumentException($"Expected parameters {(Covariates is null ? "without" : "with")} covariates of transitions, found the reverse. Give the sequences their covariates, or leave both out.", nameof(parameters));
        }
        if (Durations is null && parameters.Durations.IsEmpty)
        {
            return null;
        }
        if (Durations is null || parameters.Durations.IsEmpty || parameters.Durations[0].Family.Longest != Durations.Longest || parameters.Durations[0].Family.Name != Durations.Name)
        {
            throw new ArgumentException(
                $"Expected parameters with {Durations?.Name ?? "no"} durations{(Durations is null ? "" : $" up to {Durations.Longest} steps")}, found {(parameters.Durations.IsEmpty ? "none" : $"{parameters.Durations[0].Family.Name} ones up to {parameters.Durations[0].Family.Longest}")}.", nameof(parameters));
        }
        return _passes.TryTake(out IChainPass<TComponent>? pass) ? pass : new SojournPass<TComponent>(new EmissionTiles<TComponent>(Family, Columns, States, First), States, parameters.Sojourns);
    }

    internal void Return(IChainPass<TComponent>? pass)
    {
        if (pass is not null)
        {
            _passes.Add(pass);
        }
    }

    /// <summary>The parameters of the durations of states that can be left.</summary>
    private IEnumerable<NaturalParameter> NaturalDurations => Durations is null ? [] :
        Enumerable.Range(0, States).Where(IsLeft).SelectMany(state => Durations.ParameterNames.Select(
            name => new NaturalParameter($"duration {name}[{state + 1}]", DurationFamily.ScaleOf(name))));

    private void WriteNaturalDurations(HiddenMarkov<TComponent> parameters, Span<double> values, ref int next)
    {
        for (int state = 0; state < parameters.Durations.Length; state++)
        {
            if (IsLeft(state))
            {
                parameters.Durations[state].Parameters.AsSpan().CopyTo(values[next..]);
                next += Durations!.ParameterNames.Count;
            }
        }
    }

    private bool IsLeft(int state) => Enumerable.Range(0, States).Any(to => IsMove(state, to));

    /// <summary>A state that is never left says nothing of its duration, which stays as it is.</summary>
    private Duration[] EstimateDurations(ReadOnlySpan<double> statistic, HiddenMarkov<TComponent> current)
    {
        Duration[] durations = [.. current.Durations];
        for (int state = 0; state < durations.Length; state++)
        {
            int ages = Durations!.Longest;
            ReadOnlySpan<double> own = statistic.Slice(2 * state * ages, 2 * ages);
            durations[state] = current[state, state] == 1 ? durations[state] : Durations.Estimate(own[..ages], own[ages..], durations[state]);
        }
        return durations;
    }

    private static int DurationCoordinates(HiddenMarkov<TComponent> parameters, int state) =>
        parameters[state, state] == 1 ? 0 : parameters.Durations[state].Family.CoordinateCount(parameters.Durations[state]);

    private static void WriteDurations(HiddenMarkov<TComponent> parameters, Span<double> point, ref int index)
    {
        for (int state = 0; state < parameters.Durations.Length; state++)
        {
            if (DurationCoordinates(parameters, state) is var count and > 0)
            {
                parameters.Durations[state].Family.WriteCoordinates(parameters.Durations[state], point.Slice(index, count));
                index += count;
            }
        }
    }

    private static Duration[]? ReadDurations(ReadOnlySpan<double> point, HiddenMarkov<TComponent> like, ref int index)
    {
        Duration[] durations = [.. like.Durations];
        for (int state = 0; state < durations.Length; state++)
        {
            int count = DurationCoordinates(like, state);
            if (count == 0)
            {
                continue;
            }
            if (durations[state].Family.ReadCoordinates(point.Slice(index, count), durations[state]) is not { } moved)
            {
                return null;
            }
            durations[state] = moved;
            index += count;
        }
        return durations;
    }
}
