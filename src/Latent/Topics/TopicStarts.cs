using Latent.Data;
using Latent.Numerics;

namespace Latent.Topics;

/// <summary>Makes the topics that a fit begins with.</summary>
/// <param name="documents">The corpus.</param>
/// <param name="topics">K.</param>
/// <param name="options">The options of the fit.</param>
internal sealed class TopicStarts(DocumentSource documents, int topics, TopicOptions options)
{
    private const ulong Stream = 0x746F_7069_6373;
    private const int DocumentsPerTopic = 8;
    private const double CorpusShare = 0.5;

    /// <summary>The parameters of start number <paramref name="index"/>, whose seed is the fit's plus the index.</summary>
    public TopicParameters Make(int index, CancellationToken cancellation)
    {
        RandomGenerator random = new(options.Seed + (ulong)index, Stream);
        double[] values = options.InitializerOf(index) switch
        {
            TopicInitializer.RandomDocuments => FromDocuments(random),
            TopicInitializer.RandomWeights => FromWeights(random),
            _ => new AnchorWords(documents, topics, options.ThreadCount).Topics(random, cancellation),
        };
        return Parameters(values);
    }

    /// <summary>Parameters whose topics are proportional to positive values, as if each had its share of the corpus.</summary>
    /// <param name="values">V padded rows. Kept.</param>
    public TopicParameters Parameters(double[] values)
    {
        int stride = TopicParameters.Padded(topics);
        WordBlocks blocks = new(documents.Vocabulary, options.ThreadCount);
        double[] totals = TopicParameters.Totals(values, stride, blocks);
        double smoothing = options.SmoothingOf(topics);
        if (options.Inference != TopicInference.VariationalBayes)
        {
            return TopicParameters.FromValues(options.Inference, topics, values, totals, options.ConcentrationOf(topics), smoothing, blocks);
        }
        double share = (double)documents.Tokens / topics;
        for (int i = 0; i < values.Length; i++)
        {
            int k = i % stride;
            values[i] = k < topics ? smoothing + values[i] / totals[k] * share : 1;
        }
        return TopicParameters.FromCounts(topics, values, TopicParameters.Totals(values, stride, blocks), options.ConcentrationOf(topics), smoothing, blocks);
    }

    private double[] FromDocuments(RandomGenerator random)
    {
        int stride = TopicParameters.Padded(topics);
        double[] corpus = Frequencies();
        double[] values = new double[documents.Vocabulary * stride];
        for (int k = 0; k < topics; k++)
        {
            List<(int Chunk, int Document)> drawn = [];
            double words = 0;
            for (int draw = 0; draw < 4 * DocumentsPerTopic && drawn.Count < DocumentsPerTopic; draw++)
            {
                (int index, int document) = documents.Find((int)random.NextInt64(documents.Documents));
                DocumentChunk chunk = documents.GetChunk(index);
                int count = 0;
                foreach (int c in chunk.Counts[chunk[document]])
                {
                    count += c;
                }
                if (count > 0)
                {
                    drawn.Add((index, document));
                    words += count;
                }
            }
            foreach ((int index, int document) in drawn)
            {
                DocumentChunk chunk = documents.GetChunk(index);
                Range cells = chunk[document];
                ReadOnlySpan<int> terms = chunk.Terms[cells];
                ReadOnlySpan<int> counts = chunk.Counts[cells];
                for (int cell = 0; cell < terms.Length; cell++)
                {
                    values[terms[cell] * stride + k] += (1 - CorpusShare) * counts[cell] / words;
                }
            }
        }
        for (int term = 0; term < corpus.Length; term++)
        {
            for (int k = 0; k < topics; k++)
            {
                values[term * stride + k] += CorpusShare * corpus[term];
            }
        }
        return values;
    }

    private double[] FromWeights(RandomGenerator random)
    {
        int stride = TopicParameters.Padded(topics);
        double[] corpus = Frequencies();
        double[] values = new double[documents.Vocabulary * stride];
        for (int term = 0; term < corpus.Length; term++)
        {
            for (int k = 0; k < topics; k++)
            {
                values[term * stride + k] = corpus[term] * (0.5 + random.NextDouble());
            }
        }
        return values;
    }

    /// <summary>The words' shares of the corpus, of which one that does not occur gets as little as one occurrence in twice as large a corpus.</summary>
    private double[] Frequencies()
    {
        double[] frequencies = new double[documents.Vocabulary];
        for (int index = 0; index < documents.ChunkCount; index++)
        {
            DocumentChunk chunk = documents.GetChunk(index);
            ReadOnlySpan<int> terms = chunk.Terms;
            ReadOnlySpan<int> counts = chunk.Counts;
            for (int cell = 0; cell < terms.Length; cell++)
            {
                frequencies[terms[cell]] += counts[cell];
            }
        }
        for (int term = 0; term < frequencies.Length; term++)
        {
            frequencies[term] = Math.Max(0.5, frequencies[term]) / documents.Tokens;
        }
        return frequencies;
    }
}
