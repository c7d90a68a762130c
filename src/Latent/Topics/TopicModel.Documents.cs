using Latent.Data;
using Latent.Engine;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Topics;

public sealed partial class TopicModel
{
    private const ulong CompletionStream = 0x6865_6C64_6F75;

    /// <summary>How closely the topics of documents are inferred: far closer than while learning.</summary>
    private const double PredictionTolerance = 1e-5;
    private const int PredictionSweeps = 1000;

    /// <summary>Infers the topics of documents, each from a flat start: the same documents get the same topics whatever the others are and however many threads work.</summary>
    /// <param name="documents">The documents, over this model's vocabulary.</param>
    /// <param name="threads">Threads to use; 0 for every processor.</param>
    /// <exception cref="ArgumentException">The documents have another vocabulary.</exception>
    public DocumentTopics Infer(DocumentSource documents, int threads = 0)
    {
        Check(documents);
        double[] values = new double[documents.Documents * Topics];
        double[] bounds = new double[documents.Documents];
        long[] words = new long[documents.Documents];
        long[] unknown = new long[documents.ChunkCount];
        bool[] isUnknown = UnknownTerms();
        ChunkSweep.Run(documents.ChunkCount, EmOptions.ThreadsOrAll(threads), CancellationToken.None, index =>
        {
            DocumentChunk chunk = documents.GetChunk(index);
            Reader reader = new(this, isUnknown);
            for (int document = 0; document < chunk.Documents; document++)
            {
                int row = chunk.FirstDocument + document;
                unknown[index] += reader.Read(chunk.Terms[chunk[document]], chunk.Counts[chunk[document]], out words[row]);
                bounds[row] = reader.Mixture(values.AsSpan(row * Topics, Topics));
            }
        });
        return new DocumentTopics(Topics, values, bounds, words, unknown.Sum());
    }

    /// <summary>
    /// How well the model foretells documents that it has not seen: half of each document's words, drawn at random, give its topics, and these the probability of
    /// the other half (document completion, [Wallach2009b]).
    /// </summary>
    /// <param name="documents">Documents that the model was not fitted to, over its vocabulary. Those with fewer than two known words are left out.</param>
    /// <param name="seed">Says which words are which; the same seed makes models comparable.</param>
    /// <param name="threads">Threads to use; 0 for every processor.</param>
    /// <exception cref="ArgumentException">The documents have another vocabulary, or none has two known words.</exception>
    public HeldOutScore HeldOut(DocumentSource documents, ulong seed = 1, int threads = 0)
    {
        Check(documents);
        double[] logs = new double[documents.Documents];
        long[] counts = new long[documents.Documents];
        long[] unknown = new long[documents.ChunkCount];
        bool[] isUnknown = UnknownTerms();
        ChunkSweep.Run(documents.ChunkCount, EmOptions.ThreadsOrAll(threads), CancellationToken.None, index =>
        {
            DocumentChunk chunk = documents.GetChunk(index);
            Reader reader = new(this, isUnknown);
            double[] mixture = new double[Topics];
            for (int document = 0; document < chunk.Documents; document++)
            {
                int row = chunk.FirstDocument + document;
                unknown[index] += reader.Read(chunk.Terms[chunk[document]], chunk.Counts[chunk[document]], out long words);
                if (words < 2)
                {
                    continue;
                }
                RandomGenerator random = new(seed ^ CompletionStream, (ulong)row);
                (logs[row], counts[row]) = reader.Complete(random, mixture);
            }
        });
        return HeldOutScore.Of(logs, counts, unknown.Sum());
    }

    /// <summary>Draws documents: for each a mixture from Dirichlet(α), and its words one by one.</summary>
    /// <param name="documents">How many.</param>
    /// <param name="words">Words of each.</param>
    /// <param name="seed">The same seed draws the same documents.</param>
    /// <returns>The documents, and the mixture of each, K long.</returns>
    public (DocumentSource Documents, double[][] Mixtures) Sample(int documents, int words, ulong seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(documents);
        ArgumentOutOfRangeException.ThrowIfNegative(words);
        double[][] cumulative = new double[Topics][];
        for (int k = 0; k < Topics; k++)
        {
            cumulative[k] = TermProbabilities(k);
            for (int term = 1; term < Vocabulary; term++)
            {
                cumulative[k][term] += cumulative[k][term - 1];
            }
        }
        double[][] mixtures = new double[documents][];
        List<int> offsets = [0];
        List<int> terms = [];
        List<int> counts = [];
        for (int document = 0; document < documents; document++)
        {
            RandomGenerator random = new(seed, (ulong)document);
            double[] mixture = mixtures[document] = Dirichlet.Draw(Parameters.Concentration, random);
            SortedDictionary<int, int> bag = [];
            for (int word = 0; word < words; word++)
            {
                int topic = DiscreteDraw.Index(mixture, random.NextDouble());
                int place = Array.BinarySearch(cumulative[topic], random.NextDouble() * cumulative[topic][^1]);
                int term = Math.Min(place < 0 ? ~place : place + 1, Vocabulary - 1);
                bag[term] = bag.GetValueOrDefault(term) + 1;
            }
            terms.AddRange(bag.Keys);
            counts.AddRange(bag.Values);
            offsets.Add(terms.Count);
        }
        return (DocumentSource.From(offsets.ToArray(), terms.ToArray(), counts.ToArray(), Vocabulary, Words), mixtures);
    }

    private void Check(DocumentSource documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        if (documents.Vocabulary != Vocabulary)
        {
            throw new ArgumentException($"Expected documents over {Vocabulary} terms as the model has, found {documents.Vocabulary}. Read them with the model's vocabulary.", nameof(documents));
        }
    }

    private bool[] UnknownTerms()
    {
        bool[] unknown = new bool[Vocabulary];
        for (int term = 0; term < unknown.Length; term++)
        {
            unknown[term] = Parameters.IsUnknown(term);
        }
        return unknown;
    }

    /// <summary>The known words of one document after another, on one thread.</summary>
    private sealed class Reader(TopicModel model, bool[] isUnknown)
    {
        private readonly TopicWorkspace _workspace = new(model.Parameters.Stride);
        private readonly List<int> _terms = [];
        private readonly List<int> _counts = [];

        /// <summary>Takes a document, and returns the number of its unknown words.</summary>
        public long Read(ReadOnlySpan<int> terms, ReadOnlySpan<int> counts, out long words)
        {
            _terms.Clear();
            _counts.Clear();
            long unknown = 0;
            words = 0;
            for (int cell = 0; cell < terms.Length; cell++)
            {
                if (isUnknown[terms[cell]])
                {
                    unknown += counts[cell];
                    continue;
                }
                _terms.Add(terms[cell]);
                _counts.Add(counts[cell]);
                words += counts[cell];
            }
            return unknown;
        }

        /// <summary>The mixture of the document, and its share of the bound.</summary>
        public double Mixture(Span<double> mixture) => Mixture([.. _terms], [.. _counts], mixture);

        /// <summary>Σ log p over a random half of the words, given the other half, and how many those are.</summary>
        public (double Log, long Words) Complete(RandomGenerator random, double[] mixture)
        {
            int[] given = new int[_terms.Count];
            int[] asked = new int[_terms.Count];
            long left = _counts.Sum(count => (long)count);
            long take = left / 2;
            for (int cell = 0; cell < given.Length; cell++)
            {
                for (int i = 0; i < _counts[cell]; i++, left--)
                {
                    // Each word is given with the share of those still to give among those still left: half of them, to one, in the end.
                    bool isGiven = random.NextInt64(left) < take;
                    take -= isGiven ? 1 : 0;
                    given[cell] += isGiven ? 1 : 0;
                    asked[cell] += isGiven ? 0 : 1;
                }
            }
            int[] cells = [.. Enumerable.Range(0, given.Length).Where(cell => given[cell] > 0)];
            Mixture(Array.ConvertAll(cells, cell => _terms[cell]), Array.ConvertAll(cells, cell => given[cell]), mixture);
            double sum = 0;
            long words = 0;
            for (int cell = 0; cell < asked.Length; cell++)
            {
                double probability = 0;
                for (int k = 0; k < mixture.Length; k++)
                {
                    probability += mixture[k] * model.Parameters.Probability(k, _terms[cell]);
                }
                sum += asked[cell] > 0 ? asked[cell] * Elementary.Log(probability) : 0;
                words += asked[cell];
            }
            return (sum, words);
        }

        private double Mixture(int[] terms, int[] counts, Span<double> mixture)
        {
            mixture.Clear();
            if (terms.Length == 0)
            {
                double whole = 0;
                foreach (double alpha in model.Parameters.Concentration)
                {
                    whole += alpha;
                }
                for (int k = 0; k < mixture.Length; k++)
                {
                    mixture[k] = model.Parameters.Concentration[k] / whole;
                }
                return 0;
            }
            double bound = _workspace.Infer(model.Parameters, terms, counts, mixture, PredictionTolerance, PredictionSweeps);
            double total = 0;
            foreach (double gamma in mixture)
            {
                total += gamma;
            }
            foreach (ref double gamma in mixture)
            {
                gamma /= total;
            }
            return bound;
        }
    }
}
