using Latent.Data;
using Latent.Engine;
using Latent.Mixtures;
using Latent.Mixtures.Starts;
using Latent.Numerics;

namespace Latent.Regression;

/// <summary>From a design to a mixture of regressions whose components are those of whole groups of rows.</summary>
/// <param name="design">The formulas.</param>
/// <param name="rows">The rows of the design in standard units.</param>
/// <param name="summary">Their means and variances.</param>
/// <param name="model">The mixture of rows one by one.</param>
/// <param name="options">How it is fitted.</param>
/// <param name="original">Components in the units of the data.</param>
internal sealed class GroupedRegressionFitter(
    RegressionDesign design, RowSource rows, ColumnSummary summary, MixtureModel<RegressionComponent> model, MixtureOptions<RegressionComponent> options,
    Func<IReadOnlyList<RegressionComponent>, RegressionComponent[]> original)
{
    private const int AutomaticStarts = 20;

    public RegressionMixtureFit Fit(IReadOnlyList<int> groups, CancellationToken cancellation)
    {
        if (design.Concomitant is not null)
        {
            throw new ArgumentException("Expected groups of rows, or weights that depend on the row, found both. Leave one out.", nameof(groups));
        }
        if (groups.Count != rows.Rows)
        {
            throw new ArgumentException($"Expected one group per row, {rows.Rows} in all, found {groups.Count}.", nameof(groups));
        }
        (RowSource ordered, int[] lengths) = Order(groups);
        SequenceSource source = SequenceSource.From(ordered, lengths);
        GroupedMixtureModel<RegressionComponent> grouped = new(model);
        Clock clock = new(options.TimeLimit);
        StartData<RegressionComponent> data = new(model, ordered, summary, options);
        int starts = model.Components == 1 ? 1 : options.Starts > 0 ? options.Starts : AutomaticStarts;
        RaceStart<Mixture<RegressionComponent>>[] entrants =
        [
            .. Enumerable.Range(0, starts).Select(index => new RaceStart<Mixture<RegressionComponent>>(index % 2 == 0 ? "group subsets" : "group partition", (threads, stop) =>
            {
                StartContext<RegressionComponent> context = data.Context(index, threads, stop);
                return (context.FromLabels(Labels(lengths, index % 2 == 0, context.Random)), context.Evaluations);
            })),
        ];
        RaceResult<Mixture<RegressionComponent>, SequenceChunk> race =
            new Race<Mixture<RegressionComponent>, SequenceChunk>(grouped, source, entrants, options.Race, options, clock, data.Penalty).Run(cancellation);
        EmResult<Mixture<RegressionComponent>> result = Em.Result(race.Winner, race.Reason, clock, race.Evaluations) with { Starts = race.Starts, Agreement = race.Agreement };
        Mixture<RegressionComponent> found = result.Parameters.Reorder(result.Parameters.OrderByWeight(rows.Known.Components));
        double weight = Enumerable.Range(0, source.ChunkCount).Select(source.GetChunk).Sum(chunk => Enumerable.Range(0, chunk.Sequences).Sum(chunk.Weight));
        ColumnSummary counted = new(summary.Names, rows.Rows, weight, [.. summary.Means], [.. summary.Variances], [.. summary.Missing]);
        return new RegressionMixtureFit(
            design, original([.. found.Components]), [.. found.LogWeights.Select(log => Math.Max(log, -700))], result, counted, model.FreeParameters, Entropy(grouped, source, found),
            (settings, stop) => StandardErrors.Of(grouped, source, found, settings, stop));
    }

    // Rows of a group side by side, groups in the order of their first rows.
    private (RowSource Rows, int[] Lengths) Order(IReadOnlyList<int> groups)
    {
        int[][] members = [.. Enumerable.Range(0, groups.Count).GroupBy(row => groups[row]).Select(group => group.ToArray())];
        RowBuilder builder = new(rows.Columns);
        double[] weights = new double[rows.HasWeights ? groups.Count : 0];
        int at = 0;
        foreach (int row in members.SelectMany(group => group))
        {
            rows.CopyRow(row, builder.Add());
            if (rows.HasWeights)
            {
                weights[at++] = rows.Weight(row);
            }
        }
        RowSource ordered = builder.ToRows(rows.Schema).WithKnown(rows.Known.Take([.. members.SelectMany(group => group)]));
        return (rows.HasWeights ? ordered.WithWeights(weights) : ordered, [.. members.Select(group => group.Length)]);
    }

    // Whole groups to components at random: all of them, or about as many rows as a component needs.
    private int[] Labels(int[] lengths, bool subset, RandomGenerator random)
    {
        int[] order = [.. Enumerable.Range(0, lengths.Length)];
        for (int index = order.Length - 1; index > 0; index--)
        {
            int other = (int)random.NextInt64(index + 1);
            (order[index], order[other]) = (order[other], order[index]);
        }
        int[] own = new int[lengths.Length];
        Array.Fill(own, -1);
        int[] taken = new int[model.Components];
        for (int index = 0; index < order.Length; index++)
        {
            int component = index % model.Components;
            if (!subset || taken[component] < 2 * model.Columns)
            {
                own[order[index]] = component;
                taken[component] += lengths[order[index]];
            }
        }
        return [.. Enumerable.Range(0, lengths.Length).SelectMany(group => Enumerable.Repeat(own[group], lengths[group]))];
    }

    private static double Entropy(GroupedMixtureModel<RegressionComponent> grouped, SequenceSource source, Mixture<RegressionComponent> found)
    {
        double entropy = 0;
        for (int index = 0; index < source.ChunkCount; index++)
        {
            SequenceChunk chunk = source.GetChunk(index);
            double[] posteriors = new double[chunk.Sequences * found.Count];
            grouped.Evaluate(found, chunk, new double[chunk.Sequences], posteriors);
            entropy += Posterior.Entropy(posteriors, found.Count, chunk.Weight);
        }
        return entropy;
    }
}
