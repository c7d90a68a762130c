using Latent.Data;
using Latent.Engine;
using Latent.Engine.Checkpoints;
using Latent.Numerics;

namespace Latent.Topics;

/// <summary>The road from a corpus to fitted parameters: start, race, fit, order.</summary>
internal sealed class TopicFitter(DocumentSource documents, int topics, TopicOptions options)
{
    private const ulong BoundStream = 0x626F_756E_64;

    public FittedTopicParameters Fit(CancellationToken cancellation)
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
            return new(Em.Continue(model, documents, Adapted(start.Parameters), options, clock, cancellation), documents);
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
        return new(result with { Parameters = BySize(result.Parameters) }, documents);
    }

    // Passes in batches, then a look at some documents, or all, for the bound.
    private FittedTopicParameters Online(TopicEmModel model, Clock clock, CancellationToken cancellation)
    {
        using Checkpointer? checkpoints = Checkpointer.Open(options, () => Fingerprint.Of(model, options), documents, clock, cancellation);
        OnlineTopicState? saved = checkpoints?.Restored<OnlineTopicState>();
        OnlineCheck? check = OnlineCheck.Of(documents, options);
        OnlineTopics online;
        if (saved is null)
        {
            TopicParameters first = options.Start is { } start ? Adapted(start.Parameters) : new TopicStarts(documents, topics, options).Make(0, cancellation);
            online = new OnlineTopics(documents, model, first, options, check, clock);
        }
        else
        {
            (double, double[]) prior = options.Start is { } given && given.Parameters.Inference == options.Inference
                ? (given.Parameters.Smoothing, given.Parameters.Concentration.ToArray())
                : (options.SmoothingOf(topics), options.ConcentrationOf(topics));
            online = new OnlineTopics(documents, model, saved, prior, options, check, clock);
        }
        checkpoints?.Watch(() => online.State);
        Reduction<TopicParameters, DocumentChunk> ranks = new(model, documents, 1, options.Communicator);
        StopReason reason = online.Run(checkpoints, ranks.AnyRank, cancellation);
        checkpoints?.Save(reason);
        TopicParameters found = online.Parameters();
        found = options.Start is null ? BySize(found) : found;
        (DocumentSource sample, double scale) = Sample(check);
        double[] statistic = new double[model.StatisticLength];
        double bound = scale * new Reduction<TopicParameters, DocumentChunk>(model, sample, options.ThreadCount, options.Communicator).Evaluate(found, statistic, CancellationToken.None);
        // What an update adds to is no part of what it says of its documents.
        double objective = options.Update ? bound : bound + found.LogPrior;
        EmResult<TopicParameters> result = new()
        {
            Parameters = found,
            Objective = objective,
            LogLikelihood = bound,
            Iterations = online.Steps,
            Evaluations = options.PassesOver(documents.Documents) + (scale == 1 ? 1 : 0),
            StopReason = reason,
            RemainingGain = double.NaN,
            Trace = [objective],
            Starts = [new StartReport(options.Seed, objective, online.Steps, reason, null, Name(0))],
            Elapsed = clock.Elapsed,
        };
        return new(result, documents)
        {
            Documents = documents.Documents - (check?.Documents.Documents ?? 0),
            Tokens = documents.Tokens - (check?.Documents.Tokens ?? 0),
            BoundDocuments = sample.Documents,
            HeldOut = check?.Score(found),
            Checks = check?.Checks ?? [],
        };
    }

    /// <summary>The documents that the bound comes from, and by what theirs is to be multiplied.</summary>
    private (DocumentSource Sample, double Scale) Sample(OnlineCheck? check)
    {
        int[] training = [.. Enumerable.Range(0, documents.Documents).Where(document => check is null || !check.Kept[document])];
        int count = options.BoundDocuments == 0 ? training.Length : Math.Min(options.BoundDocuments, training.Length);
        RandomGenerator random = new(options.Seed, BoundStream);
        for (int i = 0; i < count && count < training.Length; i++)
        {
            int j = i + (int)random.NextInt64(training.Length - i);
            (training[i], training[j]) = (training[j], training[i]);
        }
        Array.Sort(training, 0, count);
        if (count == documents.Documents)
        {
            return (documents, 1);
        }
        DocumentSource sample = documents.Select(training.AsSpan(0, count));
        long tokens = documents.Tokens - (check?.Documents.Tokens ?? 0);
        return sample.Tokens > 0 ? (sample, (double)tokens / sample.Tokens) : (documents, (double)tokens / documents.Tokens);
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

/// <summary>What a fit came to.</summary>
internal sealed record FittedTopicParameters(EmResult<TopicParameters> Result, DocumentSource Corpus)
{
    public int Documents { get; init; } = Corpus.Documents;

    public long Tokens { get; init; } = Corpus.Tokens;

    public int BoundDocuments { get; init; } = Corpus.Documents;

    public HeldOutScore? HeldOut { get; init; }

    public IReadOnlyList<HeldOutCheck> Checks { get; init; } = [];
}
