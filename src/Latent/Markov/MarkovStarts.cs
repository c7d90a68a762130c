using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Kernels;
using Latent.Mixtures;
using Latent.Mixtures.Starts;
using Latent.Numerics;

namespace Latent.Markov;

/// <summary>Starts of a hidden Markov model: emissions from a mixture of the steps, or from sequences cut into parts, and simple transitions.</summary>
internal sealed class MarkovStarts<TComponent>
{
    /// <summary>The probability of staying in a state, by turns; where there is none, the transitions are drawn.</summary>
    private static readonly double?[] _staying = [0.8, null, 0.0, null];

    /// <summary>How much of each step is shared by all states in a start that has been softened.</summary>
    private const double Shared = 0.2;

    /// <summary>Steps of the ordinary model before durations are given to a start.</summary>
    private const int OrdinarySteps = 10;

    /// <summary>The least share of a move among those that leave a state, at the start.</summary>
    private const double LeastMove = 1e-3;

    private const double LeastMean = 1.5;

    private readonly HiddenMarkovModel<TComponent> _model;
    private readonly SequenceSource _sequences;
    private readonly HiddenMarkovOptions<TComponent> _options;
    private readonly StartData<TComponent> _rows;
    private readonly StartData<TComponent>? _steps;
    private readonly bool _located;

    /// <param name="model">The model.</param>
    /// <param name="sequences">The sequences that the starts compete on.</param>
    /// <param name="observed">Their rows that are not missing.</param>
    /// <param name="summary">The summary of these rows.</param>
    /// <param name="options">The options.</param>
    public MarkovStarts(HiddenMarkovModel<TComponent> model, SequenceSource sequences, RowSource observed, ColumnSummary summary, HiddenMarkovOptions<TComponent> options)
    {
        _model = model;
        _sequences = sequences;
        _options = options;
        _located = model.Family is ILocationFamily<TComponent>;
        MixtureOptions<TComponent> mixture = new()
        {
            Seed = options.Seed,
            Threads = options.Threads,
            Communicator = options.Communicator,
        };
        _rows = new StartData<TComponent>(new MixtureModel<TComponent>(model.Family, model.Emissions, model.Columns), observed, summary, mixture);
        _steps = observed.Rows == sequences.Steps ? _rows : null;
    }

    /// <summary>Whether the data are so small that starts cost next to nothing.</summary>
    public bool AreCheap => _sequences.Steps * _model.StatisticLength <= 65_536;

    /// <summary>The starts of a race.</summary>
    public RaceStart<HiddenMarkov<TComponent>>[] Make()
    {
        IReadOnlyList<MixtureInitializer> initializers = _options.Initializers ?? MixtureInitializer.Default;
        bool own = _options.Initializers is null && _steps is not null;
        if (initializers.Count == 0)
        {
            throw new ArgumentException("Expected at least one initialiser, found none. Leave Initializers null for the default.");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(_options.Starts);
        int count = _model.States == 1 ? 1 : _options.Starts > 0 ? _options.Starts : AreCheap ? 40 : 10;
        if (_steps is not null && !_model.Structure.AllowsInitial(_model.States - 1))
        {
            return [.. Enumerable.Range(0, count).Select(index => Start("parts", index, index, context => context.FromLabels(Emitted(Parts(index, context.Random)))))];
        }
        Queue<MixtureInitializer> lineup = new(MixtureInitializer.Lineup(initializers, count));
        List<RaceStart<HiddenMarkov<TComponent>>> starts = [];
        for (int index = 0; index < count && lineup.Count > 0; index++)
        {
            // Emissions from distances do for numbers, where they are near what is sought; for others it takes more variety.
            starts.Add((index % 4) switch
            {
                1 or 3 when own && !_located => Start("values", index, 1, context => context.FromAssignment(new RandomByValue(context.Random.NextUInt64(), _model.Emissions))),
                2 when own => Start("runs", index, index / 4, context => context.FromAssignment(new SharedLabels(Emitted(Runs(context.Random)), _model.Emissions, Shared))),
                _ => From(lineup.Dequeue(), index, index / (own ? 4 : initializers.Count)),
            });
        }
        return [.. starts];
    }

    private RaceStart<HiddenMarkov<TComponent>> From(MixtureInitializer initializer, int index, int turn) => initializer is SpectralInitializer
        ? new(initializer.Name, (threads, cancellation) =>
        {
            StartContext<TComponent> context = _rows.Context(index, threads, cancellation);
            return Lasting(SpectralStart.Make(_model, _sequences, context), context.Evaluations, threads, cancellation);
        })
        : Start(initializer.Name, index, turn, context => Known(context, index) ?? Soften(context, initializer.Start(context)));

    private RaceStart<HiddenMarkov<TComponent>> Start(string name, int index, int turn, Func<StartContext<TComponent>, Mixture<TComponent>> emissions) =>
        new(name, (threads, cancellation) =>
        {
            StartContext<TComponent> context = _rows.Context(index, threads, cancellation);
            HiddenMarkov<TComponent> chain = Chain(emissions(context), _model.First is null ? _staying[turn % _staying.Length] : null, context.Random);
            return Lasting(chain, context.Evaluations, threads, cancellation);
        });

    private (HiddenMarkov<TComponent> Parameters, int Evaluations) Lasting(HiddenMarkov<TComponent> chain, int evaluations, int threads, CancellationToken cancellation) =>
        _model.Durations is { } durations ? Last(chain, durations, evaluations, threads, cancellation)
        : _model.Covariates is { } covariates ? (chain.Depending(covariates), evaluations)
        : (chain, evaluations);

    /// <summary>
    /// A start whose states last: a few steps of the ordinary model, which cost next to nothing beside one with durations, say how long on the average. Their stays are geometric; the
    /// durations start with the same means.
    /// </summary>
    private (HiddenMarkov<TComponent> Parameters, int Evaluations) Last(
        HiddenMarkov<TComponent> chain, DurationFamily durations, int evaluations, int threads, CancellationToken cancellation)
    {
        HiddenMarkovModel<TComponent> ordinary = new(_model.Family, _model.States, _model.Columns, _model.Structure, _model.Prior) { EmissionOf = _model.EmissionOf };
        EmOptions options = new() { MaxIterations = OrdinarySteps, Acceleration = Accelerator.None, Threads = threads, Communicator = _options.Communicator };
        EmResult<HiddenMarkov<TComponent>> result = Em.Fit(ordinary, _sequences, chain, options, cancellation);
        HiddenMarkov<TComponent> fitted = result.Parameters;
        int states = _model.States;
        double[] transition = fitted.Transition.ToArray();
        Duration[] own = new Duration[states];
        for (int from = 0; from < states; from++)
        {
            Span<double> row = transition.AsSpan(from * states, states);
            double stay = row[from];
            row[from] = 0;
            double moves = 0;
            for (int to = 0; to < states; to++)
            {
                // What a few steps have made improbable is not impossible.
                row[to] = _model.IsMove(from, to) ? row[to] + LeastMove * (1 - stay + LeastMove) : 0;
                moves += row[to];
            }
            row[from] = moves > 0 ? 0 : 1;
            own[from] = durations.WithMean(Math.Clamp(1 / (1 - stay), LeastMean, Math.Max(LeastMean, Longest())));
        }
        return (new HiddenMarkov<TComponent>(fitted.Initial.AsSpan(), transition, fitted.Emissions.AsSpan(), own), evaluations + result.Evaluations);
    }

    private double Longest()
    {
        int longest = 0;
        foreach (int length in _sequences.Lengths)
        {
            longest = Math.Max(longest, length);
        }
        return longest / 2.0;
    }

    /// <summary>
    /// A start without zeros: one M-step from responsibilities a part of which all states share. A category or a count that a hard partition keeps from a state would never come back to it.
    /// </summary>
    private Mixture<TComponent> Soften(StartContext<TComponent> context, Mixture<TComponent> mixture) => _located
        ? mixture
        : context.FromAssignment(new SharedResponsibilities<TComponent>(context.Model, mixture, Shared));

    /// <summary>How far the emissions have collapsed: that of a mixture of equal shares.</summary>
    public double Penalty(HiddenMarkov<TComponent> parameters)
    {
        double[] shares = new double[_model.Emissions];
        Array.Fill(shares, 1);
        return _rows.Penalty(new Mixture<TComponent>(shares, _model.Own(parameters.Emissions.AsSpan())));
    }

    /// <summary>The first start from the states that are known, where each has some.</summary>
    private Mixture<TComponent>? Known(StartContext<TComponent> context, int index)
    {
        if (index > 0 || _steps is null || _sequences.Labels.IsEmpty)
        {
            return null;
        }
        int[] labels = _sequences.Labels.ToArray();
        return Enumerable.Range(0, _model.States).All(labels.Contains) ? context.FromLabels(Emitted(labels)) : null;
    }

    /// <summary>The emissions of labels that are states, numbered by the first states that have them.</summary>
    private int[] Emitted(int[] labels)
    {
        if (_model.First is not { } first)
        {
            return labels;
        }
        int[] own = [.. first.Distinct()];
        return Array.ConvertAll(labels, label => label < 0 ? label : Array.IndexOf(own, first[label]));
    }

    /// <summary>
    /// The emissions of a mixture under transitions that stay with some probability and else forget where they were, or under random ones. States that share an emission
    /// always start with random ones: nothing else tells them apart.
    /// </summary>
    private HiddenMarkov<TComponent> Chain(Mixture<TComponent> mixture, double? staying, RandomGenerator random)
    {
        int states = _model.States;
        int[] emitted = Emitted([.. Enumerable.Range(0, states)]);
        double[] weights = [.. emitted.Select(own => mixture.Weights[own] / emitted.Count(other => other == own))];
        double[] initial = new double[states];
        double[] transition = new double[states * states];
        for (int from = 0; from < states; from++)
        {
            initial[from] = _model.Structure.AllowsInitial(from) ? weights[from] : 0;
            for (int to = 0; to < states; to++)
            {
                double move = staying is { } stay ? stay * (from == to ? 1 : 0) + (1 - stay) * weights[to] : -Elementary.Log(1 - random.NextDouble());
                transition[from * states + to] = _model.Structure.Allows(from, to, states) ? move : 0;
            }
            // The masks may leave only components without weight.
            if (transition.AsSpan(from * states, states).IndexOfAnyExcept(0.0) < 0)
            {
                transition[from * states + from] = 1;
            }
        }
        if (_model.Structure.Stationary && StationaryChain.Distribution(transition, states) is { } stationary)
        {
            initial = stationary;
        }
        return new HiddenMarkov<TComponent>(initial, transition, _model.Shared([.. mixture.Components]));
    }

    /// <summary>Every sequence in runs of random lengths and states.</summary>
    private int[] Runs(RandomGenerator random)
    {
        int[] labels = new int[_sequences.Steps];
        int start = 0;
        foreach (int length in _sequences.Lengths)
        {
            double change = Math.Min(0.2, 4.0 * _model.States / length);
            long state = random.NextInt64(_model.States);
            for (int t = 0; t < length; t++)
            {
                state = random.NextDouble() < change ? random.NextInt64(_model.States) : state;
                labels[start + t] = (int)state;
            }
            start += length;
        }
        return labels;
    }

    /// <summary>Each sequence cut into as many consecutive parts as there are states: equal ones, and after the first start at random places.</summary>
    private int[] Parts(int index, RandomGenerator random)
    {
        int[] labels = new int[_sequences.Steps];
        int start = 0;
        int states = _model.States;
        foreach (int length in _sequences.Lengths)
        {
            double[] borders = [.. Enumerable.Range(1, states - 1).Select(part => index == 0 ? (double)part / states : random.NextDouble()).Order()];
            for (int t = 0; t < length; t++)
            {
                double place = (t + 0.5) / length;
                labels[start + t] = borders.Count(border => place > border);
            }
            start += length;
        }
        return labels;
    }
}
