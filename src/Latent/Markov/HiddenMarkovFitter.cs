using Latent.Data;
using Latent.Engine;
using Latent.Engine.Checkpoints;
using Latent.Mixtures;

namespace Latent.Markov;

/// <summary>The road from sequences to a fitted model, the same for every family of emissions: check, start, race, fit, summarise.</summary>
internal sealed class HiddenMarkovFitter<TComponent>(
    HiddenMarkovModel<TComponent> model, SequenceSource sequences, RowSource observed, ColumnSummary summary, HiddenMarkovOptions<TComponent> options, EmOptions? asked = null)
{
    private const int RaceParts = 16;

    public HiddenMarkovFit<TComponent> Fit(CancellationToken cancellation)
    {
        options.Checked();
        model.Threads = Math.Max(1, options.ThreadCount / Math.Max(1, sequences.ChunkCount));
        Clock clock = new(options.TimeLimit);
        using Checkpointer? checkpoints = Checkpointer.Open(options, () => Fingerprint.Of(model, asked ?? options).With("family", model.Family), sequences, clock, cancellation);
        FitState<HiddenMarkov<TComponent>>? saved = checkpoints?.Restored<FitState<HiddenMarkov<TComponent>>>();
        EmResult<HiddenMarkov<TComponent>> result = options.Start is { } start
            ? FromStart(start, clock, checkpoints, saved, cancellation)
            : Race(clock, checkpoints, saved, cancellation);
        checkpoints?.Save(result.StopReason);
        double[] statistic = Sweep.Statistic(model, sequences, result.Parameters, options);
        double[] occupancy = new MarkovStatistic(statistic, model.States).Occupancy.ToArray();
        result = result with { Degeneracies = [.. result.Degeneracies, .. model.Separated(statistic, result.Iterations)] };
        if (options.Start is null && model.Structure == ChainStructure.Free with { Stationary = model.Structure.Stationary } && sequences.Labels.IsEmpty && model.First is null)
        {
            (result, occupancy) = Sorted(result, occupancy);
        }
        double total = occupancy.Sum();
        FittedHiddenMarkov<TComponent> fitted = new(model, result.Parameters, sequences.Schema.Names);
        double logLikelihood = model.Responsibilities == ResponsibilityTransform.Soft ? result.LogLikelihood : fitted.Score(sequences, options.Threads);
        return new HiddenMarkovFit<TComponent>(
            fitted, result with { Elapsed = clock.Elapsed }, [.. occupancy.Select(value => value / total)], sequences.Steps, summary.Weight, Paths(fitted), logLikelihood);
    }

    private EmResult<HiddenMarkov<TComponent>> FromStart(
        HiddenMarkov<TComponent> given, Clock clock, Checkpointer? checkpoints, FitState<HiddenMarkov<TComponent>>? saved, CancellationToken cancellation)
    {
        if (given.States != model.States)
        {
            throw new ArgumentException($"Expected a start of {model.States} states, found {given.States}.");
        }
        HiddenMarkov<TComponent> start = Fitting(given);
        try
        {
            return Em.Continue(model, sequences, start, options, clock, checkpoints, saved?.Run, run => new FitState<HiddenMarkov<TComponent>>(null, null, run), cancellation);
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

    /// <summary>A start whose initial distribution is the one that the model asks for, and whose transitions depend on the covariates that it has.</summary>
    private HiddenMarkov<TComponent> Fitting(HiddenMarkov<TComponent> start) => model.Covariates is { } covariates
        ? start.Depending(covariates)
        : !model.Structure.Stationary ? start
        : StationaryChain.Distribution(start.Transition.AsSpan(), model.States) is { } found
            ? new HiddenMarkov<TComponent>(found, start.Transition.AsSpan(), start.Emissions.AsSpan())
            : throw new ArgumentException("Expected transitions with one stationary distribution, found several: some states can never be left for others. Give a start without zeros.");

    private EmResult<HiddenMarkov<TComponent>> Race(Clock clock, Checkpointer? checkpoints, FitState<HiddenMarkov<TComponent>>? saved, CancellationToken cancellation)
    {
        bool sampled = sequences.Steps > options.RaceSteps && model.States > 1;
        if (saved is { Raced: { } done, Run: { } run })
        {
            return OnAllSteps(done, run.Parameters, run, clock, checkpoints, cancellation);
        }
        SequenceSource raced = sampled ? Part(sequences, options.RaceSteps) : sequences;
        MarkovStarts<TComponent> starts = new(model, raced, sampled ? SequenceChecks.Check(raced, model) : observed, summary, options);
        RacePlan plan = options.Race ?? (starts.AreCheap ? RacePlan.Exhaustive : RacePlan.Default);
        RaceStart<HiddenMarkov<TComponent>>[] lineup = starts.Make();
        Func<HiddenMarkov<TComponent>, double>? penalty = lineup.Length > 1 ? starts.Penalty : null;
        Race<HiddenMarkov<TComponent>, SequenceChunk> race = new(model, raced, lineup, plan, options, clock, penalty, toTheEnd: !sampled);
        RaceResult<HiddenMarkov<TComponent>, SequenceChunk> result =
            race.Run(checkpoints, saved?.Race, () => new FitState<HiddenMarkov<TComponent>>(race.State, null, null), cancellation);
        if (!sampled)
        {
            return Em.Result(result.Winner, result.Reason, clock, result.Evaluations) with { Starts = result.Starts, Agreement = result.Agreement };
        }
        RaceOutcome outcome = new([.. result.Starts], result.Agreement, result.Evaluations);
        // Where time or the caller has ended the race, its best has the objective that all steps give it, and a checkpoint stays with the race.
        return result.Reason is StopReason.TimeLimit or StopReason.Cancelled
            ? OnAllSteps(outcome, result.Winner.Parameters, null, clock, null, CancellationToken.None, 0) with { StopReason = result.Reason }
            : OnAllSteps(outcome, result.Winner.Parameters, null, clock, checkpoints, cancellation);
    }

    /// <summary>The winner of a race on a part of the data goes on with all.</summary>
    private EmResult<HiddenMarkov<TComponent>> OnAllSteps(
        RaceOutcome race, HiddenMarkov<TComponent> start, EmRunState<HiddenMarkov<TComponent>>? saved, Clock clock, Checkpointer? checkpoints, CancellationToken cancellation, int? iterations = null)
    {
        EmResult<HiddenMarkov<TComponent>> result = Em.Continue(
            model, sequences, start, options with { MaxIterations = iterations ?? options.MaxIterations }, clock, checkpoints, saved,
            run => new FitState<HiddenMarkov<TComponent>>(null, race, run), cancellation);
        return result with { Starts = race.Starts, Agreement = race.Agreement, Evaluations = result.Evaluations + race.Evaluations };
    }

    private double Paths(FittedHiddenMarkov<TComponent> fitted)
    {
        double[] paths = fitted.PathLogProbabilities(sequences, options.Threads);
        double sum = 0;
        for (int index = 0; index < sequences.ChunkCount; index++)
        {
            SequenceChunk chunk = sequences.GetChunk(index);
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                sum += chunk.Weight(sequence) * paths[chunk.FirstSequence + sequence];
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
        RowBuilder? circumstances = sequences.Covariates is { } columns ? new(columns.Columns) : null;
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
                    if (circumstances is not null)
                    {
                        sequences.Covariates!.CopyRow(step, circumstances.Add());
                    }
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
        cut = circumstances is null ? cut : cut.WithCovariates(circumstances.ToRows(sequences.Covariates!.Schema));
        return sequences.Labels.IsEmpty ? cut : cut.WithLabels(labels.ToArray());
    }
}
