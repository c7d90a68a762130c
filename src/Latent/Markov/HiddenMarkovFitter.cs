using Latent.Data;
using Latent.Engine;

namespace Latent.Markov;

/// <summary>The road from sequences to a fitted model, the same for every family of emissions: check, start, race, fit, summarise.</summary>
internal sealed class HiddenMarkovFitter<TComponent>(
    HiddenMarkovModel<TComponent> model, SequenceSource sequences, RowSource observed, ColumnSummary summary, HiddenMarkovOptions<TComponent> options)
{
    private const int RaceParts = 16;

    public HiddenMarkovFit<TComponent> Fit(CancellationToken cancellation)
    {
        options.Checked();
        Clock clock = new(options.TimeLimit);
        EmResult<HiddenMarkov<TComponent>> result = options.Start is { } start ? FromStart(start, clock, cancellation) : Race(clock, cancellation);
        double[] occupancy = Occupancy(result.Parameters);
        if (options.Start is null && model.Structure == ChainStructure.Free with { Stationary = model.Structure.Stationary } && sequences.Labels.IsEmpty)
        {
            (result, occupancy) = Sorted(result, occupancy);
        }
        double total = occupancy.Sum();
        FittedHiddenMarkov<TComponent> fitted = new(model, result.Parameters, sequences.Schema.Names);
        return new HiddenMarkovFit<TComponent>(
            fitted, result with { Elapsed = clock.Elapsed }, [.. occupancy.Select(value => value / total)], sequences.Steps, summary.Weight, Paths(fitted));
    }

    private EmResult<HiddenMarkov<TComponent>> FromStart(HiddenMarkov<TComponent> start, Clock clock, CancellationToken cancellation)
    {
        if (start.States != model.States)
        {
            throw new ArgumentException($"Expected a start of {model.States} states, found {start.States}.");
        }
        try
        {
            return Em.Continue(model, sequences, Stationary(start), options, clock, cancellation);
        }
        catch (NumericalException)
        {
            double[] each = new FittedHiddenMarkov<TComponent>(model, start, sequences.Schema.Names).LogLikelihoods(sequences, options.Threads);
            int impossible = Array.FindIndex(each, value => !double.IsFinite(value));
            if (impossible >= 0)
            {
                throw MarkovErrors.Impossible(impossible, each[impossible]);
            }
            throw;
        }
    }

    /// <summary>A start whose initial distribution is the one that the model asks for.</summary>
    private HiddenMarkov<TComponent> Stationary(HiddenMarkov<TComponent> start) => !model.Structure.Stationary
        ? start
        : StationaryChain.Distribution(start.Transition.AsSpan(), model.States) is { } found
            ? new HiddenMarkov<TComponent>(found, start.Transition.AsSpan(), start.Emissions.AsSpan())
            : throw new ArgumentException("Expected transitions with one stationary distribution, found several: some states can never be left for others. Give a start without zeros.");

    private EmResult<HiddenMarkov<TComponent>> Race(Clock clock, CancellationToken cancellation)
    {
        bool sampled = sequences.Steps > options.RaceSteps && model.States > 1;
        SequenceSource raced = sampled ? Part(sequences, options.RaceSteps) : sequences;
        MarkovStarts<TComponent> starts = sampled
            ? new MarkovStarts<TComponent>(model, raced, SequenceChecks.Check(raced, model), summary, options)
            : new MarkovStarts<TComponent>(model, raced, observed, summary, options);
        RacePlan plan = options.Race ?? (starts.AreCheap ? RacePlan.Exhaustive : RacePlan.Default);
        RaceStart<HiddenMarkov<TComponent>>[] lineup = starts.Make();
        Func<HiddenMarkov<TComponent>, double>? penalty = lineup.Length > 1 ? starts.Penalty : null;
        RaceResult<HiddenMarkov<TComponent>, SequenceChunk> race =
            new Race<HiddenMarkov<TComponent>, SequenceChunk>(model, raced, lineup, plan, options, clock, penalty, toTheEnd: !sampled).Run(cancellation);
        if (!sampled)
        {
            return Em.Result(race.Winner, race.Reason, clock, race.Evaluations) with { Starts = race.Starts, Agreement = race.Agreement };
        }
        EmResult<HiddenMarkov<TComponent>> result = Em.Continue(model, sequences, race.Winner.Parameters, options, clock, cancellation);
        return result with { Starts = race.Starts, Agreement = race.Agreement };
    }

    private double[] Occupancy(HiddenMarkov<TComponent> parameters)
    {
        double[] statistic = Sweep.Statistic(model, sequences, parameters, options);
        return new MarkovStatistic(statistic, model.States).Occupancy.ToArray();
    }

    private double Paths(FittedHiddenMarkov<TComponent> fitted)
    {
        StatePath[] paths = fitted.Viterbi(sequences, options.Threads);
        double sum = 0;
        for (int index = 0; index < sequences.ChunkCount; index++)
        {
            SequenceChunk chunk = sequences.GetChunk(index);
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                sum += chunk.Weight(sequence) * paths[chunk.FirstSequence + sequence].LogProbability;
            }
        }
        return sum;
    }

    // Events name states by their place, and move with them.
    private static (EmResult<HiddenMarkov<TComponent>> Result, double[] Occupancy) Sorted(EmResult<HiddenMarkov<TComponent>> result, double[] occupancy)
    {
        int[] order = [.. Enumerable.Range(0, occupancy.Length).OrderByDescending(state => occupancy[state])];
        return (
            result with
            {
                Parameters = result.Parameters.Reorder(order),
                Degeneracies = [.. result.Degeneracies.Select(found => found.Component < 0 ? found : found with { Component = Array.IndexOf(order, found.Component) })],
            },
            Array.ConvertAll(order, state => occupancy[state]));
    }

    /// <summary>Parts of the data from places that are evenly spread over it: whole sequences, and of long ones a stretch.</summary>
    private static SequenceSource Part(SequenceSource sequences, int most)
    {
        int share = Math.Max(1, most / RaceParts);
        RowBuilder builder = new(sequences.Schema.Count);
        List<int> lengths = [];
        List<int> labels = [];
        List<double> weights = [];
        double[] cells = new double[sequences.Schema.Count];
        int sequence = 0;
        long first = 0;
        long next = 0;
        for (int part = 0; part < RaceParts; part++)
        {
            long place = Math.Max(next, sequences.Steps * part / RaceParts);
            for (long taken = 0; taken < share && sequence < sequences.Lengths.Length;)
            {
                int length = sequences.Lengths[sequence];
                if (first + length <= place)
                {
                    first += length;
                    sequence++;
                    continue;
                }
                long from = length <= share ? first : Math.Max(first, place);
                long until = length <= share ? first + length : Math.Min(first + length, from + share);
                for (long step = from; step < until; step++)
                {
                    sequences.Rows.CopyRow(step, cells);
                    builder.Add(cells);
                    weights.Add(sequences.Rows.Weight(step));
                    labels.Add(sequences.Labels.IsEmpty ? -1 : sequences.Labels.Span[(int)step]);
                }
                lengths.Add((int)(until - from));
                taken += until - from;
                place = next = until;
            }
        }
        RowSource rows = builder.ToRows(sequences.Schema);
        SequenceSource cut = SequenceSource.From(sequences.Rows.HasWeights ? rows.WithWeights(weights.ToArray()) : rows, [.. lengths]);
        return sequences.Labels.IsEmpty ? cut : cut.WithLabels(labels.ToArray());
    }
}
