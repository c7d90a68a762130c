using Latent.Data;
using Latent.Engine;
using Latent.Kernels;
using Latent.Testing;
using Latent.Tests.Engine.Checkpoints;
using Latent.Topics;

namespace Latent.Tests.Topics;

[Collection("simd level")]
public class TopicModelTests
{
    private const int Vocabulary = 60;
    private static readonly DocumentSource _corpus = Bags.Of(Vocabulary, Bags.Draw(new Random(11), 400, Vocabulary, 4, 40));

    [Fact]
    public void FindsTheStretchesOfTheVocabulary()
    {
        TopicFit fit = TopicModel.Fit(_corpus, 4);
        Assert.True(fit.Result.Converged);
        int[] stretches = [.. Enumerable.Range(0, 4).Select(topic => fit.Model.TopWords(topic, 5).Select(word => word.Term / 15).Distinct().Single())];
        Assert.Equal(4, stretches.Distinct().Count());
        Assert.Equal(1, fit.Model.Shares.Sum(), 1e-12);
        Assert.True(fit.Model.Shares[0] >= fit.Model.Shares[3]);
        Assert.InRange(fit.Perplexity, 15, 40);
    }

    [Theory]
    [InlineData(TopicInference.VariationalBayes, 1e-2)]
    [InlineData(TopicInference.VariationalBayes, 1)]
    [InlineData(TopicInference.VariationalEm, 1e-2)]
    [InlineData(TopicInference.MaximumAPosteriori, 1e-2)]
    public void TheObjectiveNeverDecreasesHoweverEarlyInnerLoopsStop(TopicInference inference, double tolerance)
    {
        TopicFit fit = TopicModel.Fit(_corpus, 4, new TopicOptions { Inference = inference, InnerTolerance = tolerance, InnerIterations = 3, Stopping = StoppingRule.Never, MaxIterations = 60, Starts = 1 });
        for (int i = 1; i < fit.Result.Trace.Count; i++)
        {
            Assert.True(fit.Result.Trace[i] >= fit.Result.Trace[i - 1] - 1e-9 * Math.Abs(fit.Result.Trace[i]), $"{fit.Result.Trace[i - 1]:R} then {fit.Result.Trace[i]:R}");
        }
        Assert.True(fit.Result.Trace[^1] > fit.Result.Trace[0] + 100);
    }

    [Theory]
    [InlineData(TopicAlgorithm.Batch)]
    [InlineData(TopicAlgorithm.Online)]
    [InlineData(TopicAlgorithm.Scvb0)]
    public void ThreadsAndWidthsGiveTheSameBits(TopicAlgorithm algorithm)
    {
        double[] Bits(int threads) => Flatten(TopicModel.Fit(_corpus, 5, new TopicOptions { Learning = algorithm, Threads = threads, MaxIterations = 12, MaxBatches = 12, BatchSize = 50, EstimateConcentration = algorithm == TopicAlgorithm.Batch ? ConcentrationEstimate.Asymmetric : default }));
        double[] alone = Bits(1);
        Close.SameBits(alone, Bits(2), "two threads");
        Close.SameBits(alone, Bits(8), "eight threads");
        SimdLevel best = Simd.Level;
        try
        {
            for (SimdLevel level = SimdLevel.Scalar; level < best; level++)
            {
                Simd.Level = level;
                Close.SameBits(alone, Bits(1), level.ToString());
            }
        }
        finally
        {
            Simd.Level = best;
        }
    }

    [Fact]
    public void RanksGiveTheSameBits()
    {
        double[] Bits(ICommunicator? communicator) => Flatten(TopicModel.Fit(_corpus, 3, new TopicOptions { Communicator = communicator, Threads = 1, MaxIterations = 8, Starts = 2 }));
        double[] alone = Bits(null);
        foreach (double[] rank in ThreadCommunicator.Run(3, Bits))
        {
            Close.SameBits(alone, rank, "rank");
        }
    }

    [Fact]
    public void TheConcentrationOfTheSimulationComesBack()
    {
        double[] alpha = [1.2, 0.4, 0.1];
        double[][] beta = [.. Enumerable.Range(0, 3).Select(k => Enumerable.Range(0, 30).Select(term => term / 10 == k ? 0.098 : 0.001).ToArray())];
        TopicModel truth = TopicModel.From(TopicInference.VariationalEm, beta, alpha);
        (DocumentSource drawn, double[][] mixtures) = truth.Sample(1500, 120, seed: 5);
        Assert.Equal(1500 * 120, drawn.Tokens);
        Assert.Equal(alpha[0] / 1.7, mixtures.Average(mixture => mixture[0]), 0.03);
        TopicFit fit = TopicModel.Fit(drawn, 3, new TopicOptions { EstimateConcentration = ConcentrationEstimate.Asymmetric, Starts = 2 });
        double[] found = [.. fit.Model.Concentration.OrderDescending()];
        for (int k = 0; k < 3; k++)
        {
            Assert.InRange(found[k] / alpha[k], 0.75, 1.35);
        }
        TopicFit even = TopicModel.Fit(drawn, 3, new TopicOptions { Starts = 2 });
        Assert.True(fit.Bound > even.Bound + 50, "estimating α should pay");
        double[][] estimated = truth.Infer(drawn).Values.Chunk(3).ToArray();
        double error = mixtures.Zip(estimated, (left, right) => left.Zip(right, (x, y) => Math.Abs(x - y)).Sum()).Average();
        Assert.InRange(error, 0, 0.12);
    }

    [Fact]
    public void SymmetricAlphaAndEtaGainToo()
    {
        TopicOptions plain = new() { Starts = 1, Initializer = TopicInitializer.RandomDocuments };
        TopicFit given = TopicModel.Fit(_corpus, 4, plain);
        TopicFit alpha = TopicModel.Fit(_corpus, 4, plain with { EstimateConcentration = ConcentrationEstimate.Symmetric, Start = given.Model });
        TopicFit both = TopicModel.Fit(_corpus, 4, plain with { EstimateConcentration = ConcentrationEstimate.Symmetric, EstimateSmoothing = true, Start = alpha.Model });
        Assert.Single(alpha.Model.Concentration.Distinct());
        Assert.NotEqual(given.Model.Parameters.Smoothing, both.Model.Parameters.Smoothing);
        Assert.True(alpha.Bound > given.Bound + 1 && both.Bound > alpha.Bound + 1, $"{given.Bound} {alpha.Bound} {both.Bound}");
    }

    [Theory]
    [InlineData(TopicAlgorithm.Online)]
    [InlineData(TopicAlgorithm.Scvb0)]
    public void PassesInBatchesComeCloseToBatch(TopicAlgorithm algorithm)
    {
        TopicFit batch = TopicModel.Fit(_corpus, 4);
        TopicFit online = TopicModel.Fit(_corpus, 4, new TopicOptions { Learning = algorithm, BatchSize = 40, Passes = 20 });
        Assert.InRange(online.Perplexity, 0, 1.05 * batch.Perplexity);
        Assert.Equal(200, online.Result.Iterations);
    }

    [Theory]
    [InlineData(TopicInitializer.AnchorWords)]
    [InlineData(TopicInitializer.RandomDocuments)]
    [InlineData(TopicInitializer.RandomWeights)]
    public void EveryInitialiserStartsAFit(TopicInitializer initializer)
    {
        TopicFit fit = TopicModel.Fit(_corpus, 4, new TopicOptions { Initializer = initializer, Starts = 1 });
        Assert.Equal(initializer.ToString(), fit.Result.Starts.Single().Initializer);
        Assert.True(fit.Result.Converged);
        Assert.InRange(fit.Perplexity, 15, 60);
    }

    [Fact]
    public void AnchorsFindWordsOfOneTopic()
    {
        double[][] beta = [.. Enumerable.Range(0, 3).Select(k => Enumerable.Range(0, 30).Select(term => term < 15 ? 0.02 : (term - 15) / 5 == k ? 0.14 : 1e-6).ToArray())];
        TopicModel truth = TopicModel.From(TopicInference.VariationalEm, beta, [0.2]);
        TopicFit start = TopicModel.Fit(truth.Sample(2000, 60).Documents, 3, new TopicOptions { Initializer = TopicInitializer.AnchorWords, Starts = 1, MaxIterations = 0 });
        Assert.Equal([3, 4, 5], Enumerable.Range(0, 3).Select(topic => start.Model.TopWords(topic, 1, TopicWordOrder.Lift)[0].Term / 5).Order());
    }

    [Fact]
    public void EmptyAndOneWordDocumentsAreTaken()
    {
        int[][] documents = [[], [3], [], .. Bags.Draw(new Random(2), 30, 8, 2, 10), []];
        DocumentSource corpus = Bags.Of(8, documents);
        foreach (TopicAlgorithm algorithm in Enum.GetValues<TopicAlgorithm>())
        {
            TopicFit fit = TopicModel.Fit(corpus, 2, new TopicOptions { Learning = algorithm, BatchSize = 4, Passes = 2, Starts = 1 });
            Assert.True(double.IsFinite(fit.Bound));
            DocumentTopics topics = fit.Model.Infer(corpus);
            Assert.All(topics.Values, value => Assert.InRange(value, 0, 1));
            Assert.Equal([0.5, 0.5], topics[0].ToArray());
            Assert.Equal(0, topics.Bounds[0]);
            Assert.True(topics[1].ToArray().Max() > 0.5);
        }
    }

    [Fact]
    public void ACorpusWithoutWordsIsRefused()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => TopicModel.Fit(Bags.Of(4, [], []), 2));
        Assert.Contains("found none in 2 documents", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownWordsAreCountedAndLeftOut()
    {
        TopicModel model = TopicModel.From(TopicInference.VariationalEm, [[0.5, 0.5, 0], [0.1, 0.9, 0]], [0.5]);
        DocumentTopics topics = model.Infer(Bags.Of(3, [0, 0, 2, 2, 2], [2], [0, 0]));
        Assert.Equal(4, topics.UnknownWords);
        Assert.Equal([2L, 0, 2], topics.Words);
        Assert.Equal(topics[2].ToArray(), topics[0].ToArray());
        Assert.Equal([0.5, 0.5], topics[1].ToArray());
    }

    [Fact]
    public void ATopicWithoutWordsIsANamedError()
    {
        NumericalException lost = Assert.Throws<NumericalException>(() => TopicModel.Fit(Bags.Of(3, [0, 0], [1, 0]), 2, new TopicOptions
        {
            Inference = TopicInference.VariationalEm,
            Start = TopicModel.From(TopicInference.VariationalEm, [[0.5, 0.5, 0], [0, 0, 1]], [0.5]),
        }));
        Assert.Contains("topic 2", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InferenceDoesNotDependOnCompany()
    {
        TopicModel model = TopicModel.Fit(_corpus, 4, new TopicOptions { MaxIterations = 10 }).Model;
        DocumentTopics together = model.Infer(_corpus, threads: 2);
        DocumentTopics alone = model.Infer(_corpus.Select([17]));
        Assert.Equal(alone[0].ToArray(), together[17].ToArray());
        Assert.Equal(1, together[17].ToArray().Sum(), 1e-12);
    }

    [Fact]
    public void MoreTopicsThanThereAreAreNotChosen()
    {
        List<int> seen = [];
        TopicSelection selection = TopicSelection.Run(_corpus, [1, 4, 16], new TopicOptions { Starts = 2 }, visit: cell => seen.Add(cell.Topics));
        Assert.Equal([1, 4, 16], seen);
        Assert.Equal(4, selection.Best.Topics);
        Assert.True(selection.Cells[0].HeldOut.Perplexity > 1.3 * selection.Best.HeldOut.Perplexity);
        Assert.Equal(40, selection.Best.HeldOut.Documents);
    }

    [Fact]
    public void CompletionOfOneTopicIsTheUnigramLikelihood()
    {
        double[] beta = [0.1, 0.2, 0.3, 0.4];
        TopicModel model = TopicModel.From(TopicInference.VariationalEm, [beta], [1]);
        int[][] documents = [.. Enumerable.Repeat(new int[] { 2, 2, 2, 2 }, 10)];
        HeldOutScore score = model.HeldOut(Bags.Of(4, documents));
        Assert.Equal(20, score.Words);
        Assert.Equal(1 / 0.3, score.Perplexity, 1e-12);
    }

    [Fact]
    public void WordsAreOrderedAsAsked()
    {
        TopicModel model = TopicModel.From(TopicInference.VariationalEm, [[0.6, 0.39, 0.01], [0.45, 0.05, 0.5]], [1], words: ["the", "cat", "dog"]);
        Assert.Equal(["the", "cat"], model.TopWords(0, 2).Select(word => word.Word));
        Assert.Equal("cat", model.TopWords(0, 1, TopicWordOrder.Lift)[0].Word);
        Assert.Equal("dog", model.TopWords(1, 1, TopicWordOrder.Frex)[0].Word);
        Assert.Equal(0.39 / 0.22, model.TopWords(0, 2)[1].Lift, 1e-12);
    }

    [Fact]
    public void CoherenceIsThatOfTheFormula()
    {
        TopicModel model = TopicModel.From(TopicInference.VariationalEm, [[0.5, 0.3, 0.2]], [1]);
        DocumentSource documents = Bags.Of(3, [0, 1], [0, 1], [0], [2]);
        TopicCoherence coherence = TopicCoherence.Of(model, documents, 3);
        double together = Math.Log(2 / 4.0 / (3 / 4.0 * (2 / 4.0))) / -Math.Log(2 / 4.0);
        Assert.Equal((together - 1 - 1) / 3, coherence.Npmi[0], 1e-12);
        Assert.Equal(Math.Log(3 / 3.0) + Math.Log(1 / 3.0) + Math.Log(1 / 2.0), coherence.UMass[0], 1e-12);
    }

    [Fact]
    public void GroupsAndNeighboursFollowTheMixtures()
    {
        DocumentTopics topics = new(2, [1, 0, 0.5, 0.5, 0, 1, 0.9, 0.1], new double[4], [10, 30, 10, 10], 0);
        double[][] means = topics.MeanByGroup([0, 0, 1, -1], 3);
        Assert.Equal([0.625, 0.375], means[0]);
        Assert.Equal([0, 1], means[1]);
        Assert.True(double.IsNaN(means[2][0]));
        Assert.Equal([3, 1, 2], topics.MostSimilar(0, 5).Select(entry => entry.Document));
        Assert.Equal(Math.Sqrt(0.9), topics.MostSimilar(0, 1)[0].Affinity, 1e-12);
        Assert.Equal([0, 0, 1, 0], topics.Labels());
    }

    [Fact]
    public void LongStatisticsTakeFewAccumulators()
    {
        TopicEmModel model = new(100, 100_000);
        Assert.Equal(100_000 * 104, model.StatisticLength);
        Assert.InRange(new ReductionTree(10_000, model.StatisticLength).Leaves, 2, 6);
        Assert.Equal(new ReductionTree(10_000, model.StatisticLength).Leaves, new ReductionTree(20_000, model.StatisticLength).Leaves);
    }

    /// <summary>Killed in the race, while documents start afresh, or after that: every checkpoint leads to the same end.</summary>
    [Fact]
    public void EveryCheckpointLeadsToTheSameEnd()
    {
        TopicOptions options = new() { Starts = 2, Threads = 1, Race = new RacePlan(2, 3), Stopping = StoppingRule.RelativeChange(1e-4) };
        TopicFit whole = TopicModel.Fit(_corpus, 3, options);
        CheckpointHistory history = new();
        Close.SameBits(Flatten(whole), Flatten(TopicModel.Fit(_corpus, 3, options with { Checkpoint = history.Every() })), "with checkpoints");
        for (int killed = 0; killed < history.Written.Count; killed += 1 + history.Written.Count / 12)
        {
            TopicFit resumed = TopicModel.Fit(_corpus, 3, options with { Threads = 2, Checkpoint = history.After(killed).Resumed() });
            Close.SameBits(Flatten(whole), Flatten(resumed), $"after checkpoint {killed}");
        }
        TopicFit last = TopicModel.Fit(_corpus, 3, options with { Checkpoint = history.After(history.Written.Count - 2).Resumed() });
        Close.SameBits(Flatten(whole), Flatten(last), "at the end");
    }

    /// <summary>Batches killed anywhere go on with the same bits, on other threads and ranks.</summary>
    [Theory]
    [InlineData(TopicAlgorithm.Online)]
    [InlineData(TopicAlgorithm.Scvb0)]
    public void EveryCheckpointOfBatchesLeadsToTheSameEnd(TopicAlgorithm algorithm)
    {
        TopicOptions options = new() { Learning = algorithm, Threads = 1, BatchSize = 50, Passes = 3, HeldOut = 40, HeldOutTolerance = 0, BoundDocuments = 100 };
        TopicFit whole = TopicModel.Fit(_corpus, 3, options);
        CheckpointHistory history = new();
        Close.SameBits(Flatten(whole), Flatten(TopicModel.Fit(_corpus, 3, options with { Checkpoint = history.Every() })), "with checkpoints");
        Assert.True(history.Written.Count > 20, $"{history.Written.Count} checkpoints of {whole.Result.Iterations} batches");
        for (int killed = 0; killed < history.Written.Count; killed += 4)
        {
            TopicFit resumed = TopicModel.Fit(_corpus, 3, options with { Threads = 3, Checkpoint = history.After(killed).Resumed() });
            Close.SameBits(Flatten(whole), Flatten(resumed), $"after checkpoint {killed}");
            Assert.Equal(whole.Checks, resumed.Checks);
        }
        foreach (double[] rank in ThreadCommunicator.Run(3, ranks => Flatten(TopicModel.Fit(_corpus, 3, options with { Communicator = ranks, Checkpoint = (ranks.Rank == 0 ? history.After(7) : new CheckpointHistory()).Resumed() }))))
        {
            Close.SameBits(Flatten(whole), rank, "three ranks after checkpoint 7");
        }
    }

    [Theory]
    [InlineData(TopicAlgorithm.Online)]
    [InlineData(TopicAlgorithm.Scvb0)]
    public void RanksShareBatchesWithTheSameBits(TopicAlgorithm algorithm)
    {
        double[] Bits(ICommunicator? communicator) => Flatten(TopicModel.Fit(_corpus, 3, new TopicOptions { Learning = algorithm, Communicator = communicator, Threads = 1, BatchSize = 30, Passes = 2, HeldOut = 0.1 }));
        double[] alone = Bits(null);
        foreach (int size in (int[])[2, 5])
        {
            foreach (double[] rank in ThreadCommunicator.Run(size, Bits))
            {
                Close.SameBits(alone, rank, $"{size} ranks");
            }
        }
    }

    [Fact]
    public void KeptDocumentsSayWhenBatchesGainNoMore()
    {
        TopicOptions options = new() { Learning = TopicAlgorithm.Online, BatchSize = 40, Passes = 50, HeldOut = 0.2 };
        TopicFit early = TopicModel.Fit(_corpus, 4, options);
        Assert.Equal(StopReason.Converged, early.Result.StopReason);
        Assert.InRange(early.Result.Iterations, 4, 300);
        Assert.Equal((320, 80), (early.Documents, early.HeldOut!.Documents));
        Assert.Equal(early.Checks[^1].Perplexity, early.HeldOut.Perplexity, 1e-9);
        double best = early.Checks.SkipLast(3).Min(check => check.Perplexity);
        Assert.All(early.Checks.TakeLast(3), check => Assert.True(check.Perplexity > 0.998 * best));
        TopicFit late = TopicModel.Fit(_corpus, 4, options with { HeldOutTolerance = 0 });
        Assert.Equal(StopReason.IterationLimit, late.Result.StopReason);
        Assert.Equal(400, late.Result.Iterations);
        Assert.InRange(early.HeldOut.Perplexity / late.HeldOut!.Perplexity, 0.9, 1.05);
        Assert.Equal(7, TopicModel.Fit(_corpus, 4, options with { MaxBatches = 7 }).Result.Iterations);
    }

    [Fact]
    public void ASampleEstimatesTheBound()
    {
        TopicOptions options = new() { Learning = TopicAlgorithm.Online, BatchSize = 40, Passes = 3, BoundDocuments = 0 };
        TopicFit exact = TopicModel.Fit(_corpus, 4, options);
        Assert.Equal(400, exact.BoundDocuments);
        TopicFit estimate = TopicModel.Fit(_corpus, 4, options with { BoundDocuments = 200 });
        Assert.Equal(200, estimate.BoundDocuments);
        Close.SameBits(Enumerable.Range(0, 4).SelectMany(exact.Model.TermProbabilities).ToArray(), Enumerable.Range(0, 4).SelectMany(estimate.Model.TermProbabilities).ToArray(), "topics");
        Assert.NotEqual(exact.Bound, estimate.Bound);
        Assert.InRange(estimate.Bound / exact.Bound, 0.95, 1.05);
    }

    [Fact]
    public void AnUpdateAddsItsDocumentsToWhatTheModelKnows()
    {
        DocumentSource first = _corpus.Select([.. Enumerable.Range(0, 150)]);
        DocumentSource then = _corpus.Select([.. Enumerable.Range(150, 200)]);
        DocumentSource last = _corpus.Select([.. Enumerable.Range(350, 50)]);
        TopicModel before = TopicModel.Fit(first, 4, new TopicOptions { Starts = 4 }).Model;
        TopicFit update = before.Update(then, new TopicOptions { BatchSize = 20 });
        Assert.Equal(10, update.Result.Iterations);
        Assert.Equal(first.Tokens + then.Tokens, update.Model.Parameters.Words.ToArray().Sum(), 1e-6 * then.Tokens);
        Assert.True(update.Model.HeldOut(last).Perplexity < before.HeldOut(last).Perplexity, "more documents should foretell better");
        double[] forgetful = before.Update(then, new TopicOptions { BatchSize = 20 }, memory: 0.5).Model.Parameters.Words.ToArray();
        Assert.Equal(0.5 * first.Tokens + then.Tokens, forgetful.Sum(), 1e-6 * then.Tokens);
        Close.SameBits(
            [.. update.Model.Parameters.Words], [.. before.Update(then, new TopicOptions { BatchSize = 20, Threads = 3 }).Model.Parameters.Words], "threads");
        Assert.Throws<ArgumentOutOfRangeException>(() => before.Update(then, memory: 0));
        Assert.Throws<ArgumentException>(() => TopicModel.From(TopicInference.VariationalEm, [[0.5, 0.5]], [1]).Update(Bags.Of(2, [0, 1])));
    }

    [Fact]
    public void APassVisitsEveryDocumentOnceWindowByWindow()
    {
        // Documents of a chunk each: two windows and a bit.
        int[] terms = [.. Enumerable.Repeat(Enumerable.Range(0, DocumentSource.ChunkCells), 530).SelectMany(row => row)];
        int[] counts = new int[terms.Length];
        Array.Fill(counts, 1);
        for (int document = 0; document < 530; document++)
        {
            counts[document * DocumentSource.ChunkCells] = document + 1;
        }
        DocumentSource corpus = DocumentSource.From(Enumerable.Range(0, 531).Select(document => document * DocumentSource.ChunkCells).ToArray(), terms, counts, DocumentSource.ChunkCells);
        bool[] kept = new bool[530];
        kept[17] = true;
        OnlineWindow window = new(corpus, kept, 1);
        Assert.Equal(3, window.Windows);
        List<int>[] passes = [[], []];
        for (int pass = 0; pass < 2; pass++)
        {
            window.BeginPass(pass);
            for (int i = 0; i < window.Windows; i++)
            {
                Assert.True(window.Next(_ => false));
                for (int place = 0; place < window.Documents; place++)
                {
                    window.Get(place, out _, out ReadOnlySpan<int> own);
                    passes[pass].Add(own[0] - 1);
                }
            }
            Assert.Equal(Enumerable.Range(0, 530).Where(document => document != 17), passes[pass].Order());
        }
        Assert.NotEqual(passes[0], passes[1]);
        // A window that is passed over leaves the others as they were.
        window.BeginPass(1);
        Assert.False(window.Next(_ => true));
        int skipped = window.Documents;
        Assert.True(window.Next(_ => false));
        window.Get(0, out _, out ReadOnlySpan<int> first);
        Assert.Equal(passes[1][skipped], first[0] - 1);
    }

    [Fact]
    public void ChunksFromElsewhereAreCheckedAndGiveTheSameBits()
    {
        DocumentSource elsewhere = DocumentSource.From(new Copies(_corpus), Vocabulary);
        Assert.Equal((_corpus.Documents, _corpus.Tokens, _corpus.ChunkCount), (elsewhere.Documents, elsewhere.Tokens, elsewhere.ChunkCount));
        foreach (TopicAlgorithm algorithm in Enum.GetValues<TopicAlgorithm>())
        {
            TopicOptions options = new() { Learning = algorithm, MaxIterations = 5, BatchSize = 50 };
            Close.SameBits(Flatten(TopicModel.Fit(_corpus, 3, options)), Flatten(TopicModel.Fit(elsewhere, 3, options)), algorithm.ToString());
        }
        Assert.Contains("[0, 59)", Assert.Throws<ArgumentException>(() => DocumentSource.From(new Copies(_corpus, 59), 59)).Message, StringComparison.Ordinal);
        Assert.Contains("over 61 terms", Assert.Throws<ArgumentException>(() => DocumentSource.From(new Copies(_corpus), 61)).Message, StringComparison.Ordinal);
    }

    private sealed class Copies(DocumentSource source, int vocabulary = Vocabulary) : IDataSource<DocumentChunk>
    {
        public int ChunkCount => source.ChunkCount;

        public DocumentChunk GetChunk(int index)
        {
            DocumentChunk chunk = source.GetChunk(index);
            int[] offsets = [0, .. Enumerable.Range(0, chunk.Documents).Select(document => chunk[document].End.Value)];
            return DocumentChunk.From(offsets, chunk.Terms.ToArray(), chunk.Counts.ToArray(), vocabulary, chunk.FirstDocument);
        }
    }

    [Fact]
    public void OptionsAreChecked()
    {
        Assert.Throws<ArgumentException>(() => TopicModel.Fit(_corpus, 2, new TopicOptions { Inference = TopicInference.MaximumAPosteriori, Concentration = 0.5 }));
        Assert.Throws<ArgumentException>(() => TopicModel.Fit(_corpus, 2, new TopicOptions { Inference = TopicInference.VariationalEm, Learning = TopicAlgorithm.Online }));
        Assert.Throws<ArgumentOutOfRangeException>(() => TopicModel.Fit(_corpus, 2, new TopicOptions { Decay = 0.4 }));
        Assert.Throws<ArgumentException>(() => TopicModel.Fit(_corpus, 2, new TopicOptions { Start = TopicModel.From(TopicInference.VariationalEm, [[1.0, 1.0]], [1]) }));
    }

    private static double[] Flatten(TopicFit fit) =>
        [fit.Bound, .. fit.Result.Trace, .. fit.Model.Concentration, .. Enumerable.Range(0, fit.Model.Topics).SelectMany(topic => fit.Model.TermProbabilities(topic))];
}
