using Latent.Data;
using Latent.Engine;
using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>The road from rows to a fitted mixture, the same for every family: check, start, race, fit, summarise.</summary>
internal sealed class MixtureFitter<TComponent>(MixtureModel<TComponent> model, IRowSource rows, ColumnSummary summary, MixtureOptions<TComponent> options)
{
    public MixtureFit<TComponent> Fit(CancellationToken cancellation)
    {
        options.Checked();
        Clock clock = new(options.TimeLimit);
        (EmResult<Mixture<TComponent>> result, bool keepOrder) = GivenStart(cancellation) is { } start
            ? (Em.Continue(model, rows, start, options, clock, cancellation), true)
            : (Race(clock, cancellation), false);
        result = (keepOrder ? result : SortedByWeight(result)) with { Elapsed = clock.Elapsed };
        Mixture<TComponent> parameters = result.Parameters;
        double entropy = new Reduction<Mixture<TComponent>, RowChunk>(new PosteriorEntropy<TComponent>(model), rows, options.ThreadCount, options.Communicator)
            .Evaluate(parameters, [], CancellationToken.None);
        return new MixtureFit<TComponent>(model, parameters, result, summary, entropy);
    }

    // Events name components by their place, and move with them.
    private static EmResult<Mixture<TComponent>> SortedByWeight(EmResult<Mixture<TComponent>> result)
    {
        int[] order = result.Parameters.OrderByWeight();
        return result with
        {
            Parameters = result.Parameters.Reorder(order),
            Degeneracies = [.. result.Degeneracies.Select(found => found.Component < 0 ? found : found with { Component = Array.IndexOf(order, found.Component) })],
        };
    }

    private Mixture<TComponent>? GivenStart(CancellationToken cancellation)
    {
        if (options.Start is { } start)
        {
            return start.Count == model.Components
                ? start
                : throw new ArgumentException($"Expected a start of {model.Components} components, found {start.Count}.");
        }
        if (options.StartLabels is null && options.StartMeans is null)
        {
            return null;
        }
        StartContext<TComponent> context = new StartData<TComponent>(model, rows, summary, options).Context(0, options.ThreadCount, cancellation);
        return options.StartLabels is { } labels ? context.FromLabels(labels) : context.FromMeans(options.StartMeans!);
    }

    private EmResult<Mixture<TComponent>> Race(Clock clock, CancellationToken cancellation)
    {
        bool sampled = rows.Rows > options.RaceRows && model.Components > 1;
        IRowSource raced = sampled ? RowSample.Take(rows, options.RaceRows, options.Seed) : rows;
        StartData<TComponent> data = new(model, raced, summary, options);
        RaceStart<Mixture<TComponent>>[] starts = Starts(data);
        Func<Mixture<TComponent>, double>? penalty = starts.Length > 1 ? data.Penalty : null;
        RaceResult<Mixture<TComponent>, RowChunk> race =
            new Race<Mixture<TComponent>, RowChunk>(model, raced, starts, options.Race, options, clock, penalty, toTheEnd: !sampled).Run(cancellation);
        if (!sampled)
        {
            return Em.Result(race.Winner, race.Reason, clock, race.Evaluations) with { Starts = race.Starts, Agreement = race.Agreement };
        }
        EmResult<Mixture<TComponent>> result = Em.Continue(model, rows, race.Winner.Parameters, options, clock, cancellation);
        return result with { Starts = race.Starts, Agreement = race.Agreement };
    }

    private RaceStart<Mixture<TComponent>>[] Starts(StartData<TComponent> data)
    {
        IReadOnlyList<MixtureInitializer> initializers = options.Initializers ?? (options.Smaller is null
            ? MixtureInitializer.Default
            : [new SplitInitializer(), .. MixtureInitializer.Default]);
        if (initializers.Count == 0)
        {
            throw new ArgumentException("Expected at least one initialiser, found none. Leave Initializers null for the default.");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(options.Starts);
        int count = model.Components == 1 ? 1 : options.Starts > 0 ? options.Starts : AutomaticStarts(data.Rows.Rows * model.StatisticLength);
        return
        [
            .. MixtureInitializer.Lineup(initializers, count).Select((initializer, index) => new RaceStart<Mixture<TComponent>>(initializer.Name, (threads, cancellation) =>
            {
                StartContext<TComponent> context = data.Context(index, threads, cancellation);
                return (initializer.Start(context), context.Evaluations);
            })),
        ];
    }

    private static int AutomaticStarts(long cost) => cost <= 8192 ? 40 : 10;
}
