using Latent.Data;
using Latent.Engine;
using Latent.Families;
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
            ? (Em.Fit(model, rows, start, options, cancellation), true)
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
        MixtureStarts<TComponent> starts = new(model, rows, summary, options);
        if (options.StartLabels is { } labels)
        {
            return starts.FromLabels(labels, cancellation);
        }
        return options.StartMeans is { } means ? starts.FromMeans(means, cancellation) : null;
    }

    private EmResult<Mixture<TComponent>> Race(Clock clock, CancellationToken cancellation)
    {
        bool sampled = rows.Rows > options.RaceRows && model.Components > 1;
        IRowSource raced = sampled ? RowSample.Take(rows, options.RaceRows, options.Seed) : rows;
        MixtureStarts<TComponent> starts = new(model, raced, summary, options);
        int count = model.Components == 1 ? 1 : Math.Max(1, options.Starts);
        RacePlan plan = sampled ? options.Race with { Winners = 1 } : options.Race;
        RaceResult<Mixture<TComponent>, RowChunk> race =
            new Race<Mixture<TComponent>, RowChunk>(model, raced, index => starts.Make(index, cancellation), count, plan, options, clock, Penalty(starts, count, cancellation)).Run(cancellation);
        if (!sampled)
        {
            return Em.Result(race.Winner, race.Reason, clock, race.Evaluations) with { Starts = race.Starts, Agreement = race.Agreement };
        }
        EmResult<Mixture<TComponent>> result = Em.Fit(model, rows, race.Winner.Parameters, options, cancellation);
        return result with { Starts = race.Starts, Agreement = race.Agreement };
    }

    /// <summary>Chen and Tan's penalty a·Σₖ(tr(SΣₖ⁻¹) + log |Σₖ|) with a = 1/√n [ChenTan2009], for families that have one.</summary>
    private Func<Mixture<TComponent>, double>? Penalty(MixtureStarts<TComponent> starts, int count, CancellationToken cancellation)
    {
        if (count == 1 || model.Family is not ICollapsePenalty<TComponent> family)
        {
            return null;
        }
        TComponent pooled = starts.Pooled(cancellation);
        double scale = 1 / summary.Weight;
        return mixture => scale * mixture.Components.Sum(component => family.CollapsePenalty(component, pooled));
    }
}
