using System.Diagnostics;
using System.Globalization;
using Latent.Data;
using Latent.IO;
using Latent.Topics;

namespace Latent.Bench;

/// <summary>Topic models: milliseconds per batch pass and per online pass, held-out perplexity against time, and what a long statistic takes.</summary>
internal static class TopicTables
{
    private const int Topics = 50;
    private const double PeakPerCore = 3.5e9 * 32;

    /// <summary>Prints all tables.</summary>
    /// <param name="path">A corpus in LDA-C format.</param>
    /// <param name="threads">Threads to use.</param>
    public static void Run(string path, int threads)
    {
        DocumentSource corpus = Corpus.Read(path).Documents;
        long cells = Enumerable.Range(0, corpus.ChunkCount).Sum(index => (long)corpus.GetChunk(index).Terms.Length);
        double floor = cells * Topics * 4.0 / (PeakPerCore * threads) * 1e3;
        Console.WriteLine($"{corpus.Documents} documents, {corpus.Vocabulary} terms, {cells} cells, {Topics} topics, {threads} threads; floor {floor:F2} ms per sweep over all topics");
        Batch(corpus, threads);
        Online(corpus, threads);
        Long(threads);
    }

    private static void Batch(DocumentSource corpus, int threads)
    {
        foreach (TopicInitializer initializer in (TopicInitializer[])[TopicInitializer.RandomWeights, TopicInitializer.RandomDocuments])
        {
            for (int repeat = 0; repeat < 2; repeat++)
            {
                List<double> times = [];
                TopicFit fit = TopicModel.Fit(corpus, Topics, new TopicOptions
                {
                    Threads = threads,
                    Starts = 1,
                    Initializer = initializer,
                    Stopping = StoppingRule.Never,
                    MaxIterations = 5,
                    Progress = new Times(times),
                });
                string passes = string.Join(' ', times.Zip(times.Skip(1), (from, to) => (to - from).ToString("F0", CultureInfo.InvariantCulture)));
                Console.WriteLine($"batch from {initializer}: ms per pass {passes}; bound {fit.Bound:F0}");
            }
        }
    }

    private static void Online(DocumentSource corpus, int threads)
    {
        (DocumentSource rest, DocumentSource kept) = TopicSelection.Split(corpus, 0.1);
        foreach (TopicAlgorithm algorithm in (TopicAlgorithm[])[TopicAlgorithm.Online, TopicAlgorithm.Scvb0])
        {
            foreach (int passes in (int[])[1, 1, 2, 4])
            {
                List<double> times = [];
                long started = Stopwatch.GetTimestamp();
                TopicFit fit = TopicModel.Fit(rest, Topics, new TopicOptions { Threads = threads, Learning = algorithm, Passes = passes, Initializer = TopicInitializer.RandomWeights, Progress = new Times(times) });
                double whole = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                Console.WriteLine($"{algorithm}, {passes} passes: {times[^1]:F0} ms ({whole:F0} with the bound), held-out perplexity {fit.Model.HeldOut(kept).Perplexity:F1}, bound {fit.Bound:F0}");
            }
        }
    }

    // 100 topics, 100,000 words: what the engine keeps, and the time of a pass.
    private static void Long(int threads)
    {
        const int topics = 100, vocabulary = 100_000, documents = 20_000, cells = 120;
        int[] offsets = new int[documents + 1];
        int[] terms = new int[documents * cells];
        int[] counts = new int[terms.Length];
        Random random = new(1);
        for (int document = 0; document < documents; document++)
        {
            HashSet<int> drawn = [];
            int topic = random.Next(topics);
            while (drawn.Count < cells)
            {
                double share = random.NextDouble();
                int word = (int)(vocabulary * share * share * share);
                drawn.Add(random.Next(3) == 0 ? word : (word + topic * 997) % vocabulary);
            }
            int[] sorted = [.. drawn.Order()];
            sorted.CopyTo(terms, document * cells);
            offsets[document + 1] = (document + 1) * cells;
        }
        Array.Fill(counts, 1);
        DocumentSource corpus = DocumentSource.From(offsets, terms, counts, vocabulary);
        List<double> times = [];
        TopicFit fit = TopicModel.Fit(corpus, topics, new TopicOptions
        {
            Threads = threads,
            Starts = 1,
            Initializer = TopicInitializer.RandomDocuments,
            Stopping = StoppingRule.Never,
            MaxIterations = 4,
            Progress = new Times(times),
        });
        string passes = string.Join(' ', times.Zip(times.Skip(1), (from, to) => (to - from).ToString("F0", CultureInfo.InvariantCulture)));
        Console.WriteLine($"100 topics × 100,000 words, {documents} documents of {cells} cells: ms per pass {passes}; bound {fit.Bound:F0}; peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} MB");
    }

    private sealed class Times(List<double> times) : IProgress<EmProgress>
    {
        public void Report(EmProgress value) => times.Add(value.Elapsed.TotalMilliseconds);
    }
}
