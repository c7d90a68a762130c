using Latent.Data;
using Latent.Engine;

namespace Latent.Topics;

/// <summary>The road from a corpus to fitted parameters: start, race, fit, order.</summary>
internal sealed class TopicFitter(DocumentSource documents, int topics, TopicOptions options)
{
    public EmResult<TopicParameters> Fit(CancellationToken cancellation)
    {
        Clock clock = new(options.TimeLimit);
        TopicEmModel model = new(
            topics, documents.Vocabulary, options.EstimateConcentration, options.EstimateSmoothing, options.InnerTolerance, options.InnerIterations, options.ThreadCount);
        if (options.Learning != TopicAlgorithm.Batch)
        {
            return Online(model, clock, cancellation);
        }
        if (options.Start is { } start)
        {
            return Em.Continue(model, documents, Adapted(start.Parameters), options, clock, cancellation);
        }
        TopicStarts starts = new(documents, topics, options);
        RaceStart<TopicParameters>[] lineup =
        [
            .. Enumerable.Range(0, topics == 1 ? 1 : options.Starts).Select(index => new RaceStart<TopicParameters>(
                Name(index), (_, cancelled) => (starts.Make(index, cancelled), 0))),
        ];
        RaceResult<TopicParameters, DocumentChunk> race =
            new Race<TopicParameters, DocumentChunk>(model, documents, lineup, options.Race, options, clock).Run(cancellation);
        EmResult<TopicParameters> result = Em.Result(race.Winner, race.Reason, clock, race.Evaluations) with { Starts = race.Starts, Agreement = race.Agreement };
        return result with { Parameters = BySize(result.Parameters) };
    }

    // Passes in batches, then one sweep over all documents for the bound.
    private EmResult<TopicParameters> Online(TopicEmModel model, Clock clock, CancellationToken cancellation)
    {
        TopicParameters first = options.Start is { } start ? Adapted(start.Parameters) : new TopicStarts(documents, topics, options).Make(0, cancellation);
        OnlineTopics online = new(documents, model, first, options, clock);
        StopReason reason = online.Run(cancellation);
        TopicParameters found = online.Parameters();
        found = options.Start is null ? BySize(found) : found;
        double[] statistic = new double[model.StatisticLength];
        double bound = new Reduction<TopicParameters, DocumentChunk>(model, documents, options.ThreadCount).Evaluate(found, statistic, CancellationToken.None);
        double objective = bound + found.LogPrior;
        return new EmResult<TopicParameters>
        {
            Parameters = found,
            Objective = objective,
            LogLikelihood = bound,
            Iterations = online.Steps,
            Evaluations = options.PassesOver(documents.Documents) + 1,
            StopReason = reason,
            RemainingGain = double.NaN,
            Trace = [objective],
            Starts = [new StartReport(options.Seed, objective, online.Steps, reason, null, Name(0))],
            Elapsed = clock.Elapsed,
        };
    }

    /// <summary>A start for this fit's kind of inference.</summary>
    private TopicParameters Adapted(TopicParameters start)
    {
        if (start.Inference == options.Inference)
        {
            return start;
        }
        int stride = start.Stride;
        double[] values = new double[documents.Vocabulary * stride];
        for (int term = 0; term < documents.Vocabulary; term++)
        {
            for (int k = 0; k < topics; k++)
            {
                values[term * stride + k] = start.Probability(k, term);
            }
        }
        return new TopicStarts(documents, topics, options).Parameters(values);
    }

    private string Name(int start) => options.InitializerOf(start).ToString();

    private static TopicParameters BySize(TopicParameters parameters)
    {
        double[] words = parameters.Words.ToArray();
        return parameters.Reorder([.. Enumerable.Range(0, words.Length).OrderByDescending(k => words[k])]);
    }
}
