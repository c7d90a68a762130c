using System.Runtime.CompilerServices;
using Latent.Data;
using Latent.Engine;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Topics;

/// <summary>
/// Topics from anchor words [Arora2013]: in the space of co-occurrences each word is a mixture of its topics, and a word that only one topic has is a corner. Corners are found
/// greedily, each the farthest from what is spanned so far; then every word is written as a mixture of them.
/// </summary>
/// <remarks>
/// Co-occurrences are never built: documents add to their projection on random ±1 directions, words × <see cref="Directions"/>. Threads share the directions, not the documents, so that
/// each adds in the order of the documents. Of a large corpus, random chunks with some <see cref="CellsPerWord"/> cells for each word say enough.
/// </remarks>
internal sealed class AnchorWords(DocumentSource documents, int topics, int threads)
{
    private const int Directions = 256;

    // The directions that one thread works on.
    private const int Block = SignedSums.Directions;
    private const int MixtureSteps = 25;
    private const double SettledMixture = 1e-2;
    private const int CellsPerWord = 256;
    private const int LeastCells = 1 << 19;

    // A word in fewer documents than this has co-occurrences too noisy to be a corner.
    private const int LeastDocuments = 5;
    private const double LeastShare = 0.002;

    private readonly double[] _frequencies = new double[documents.Vocabulary];
    private readonly int[] _containing = new int[documents.Vocabulary];
    private readonly double[] _seen = new double[documents.Vocabulary];
    private readonly double[] _weights = new double[documents.Vocabulary];

    /// <summary>Topics in padded rows of words, proportional to probabilities, each mixed with a little of the corpus so that no word is out of reach.</summary>
    /// <exception cref="DegenerateStartException">Fewer words than topics are common enough.</exception>
    public double[] Topics(RandomGenerator random, CancellationToken cancellation)
    {
        ulong[] signs = new ulong[documents.Vocabulary * (Directions / Block)];
        for (int i = 0; i < signs.Length; i++)
        {
            signs[i] = random.NextUInt64();
        }
        int[] chunks = Sample(random);
        int read = Count(chunks, cancellation);
        double[] rows = Project(signs, chunks, cancellation);
        int[] anchors = Corners(rows, read);
        return Recover(rows, anchors, cancellation);
    }

    /// <summary>Chunks to learn from, in order: all, or random ones of a large corpus.</summary>
    private int[] Sample(RandomGenerator random)
    {
        long cells = Math.Max(LeastCells, (long)CellsPerWord * documents.Vocabulary);
        int[] chunks = [.. Enumerable.Range(0, documents.ChunkCount)];
        int count = (int)Math.Min(chunks.Length, (cells + DocumentSource.ChunkCells - 1) / DocumentSource.ChunkCells);
        for (int i = 0; i < count && count < chunks.Length; i++)
        {
            int j = i + (int)random.NextInt64(chunks.Length - i);
            (chunks[i], chunks[j]) = (chunks[j], chunks[i]);
        }
        Array.Sort(chunks, 0, count);
        return chunks[..count];
    }

    // The occurrences of each word, the documents that have it, and the weight it gets in all of them. Returns the number of documents.
    private int Count(int[] chunks, CancellationToken cancellation)
    {
        int read = 0;
        foreach (int index in chunks)
        {
            cancellation.ThrowIfCancellationRequested();
            DocumentChunk chunk = documents.GetChunk(index);
            ReadOnlySpan<int> allTerms = chunk.Terms;
            ReadOnlySpan<int> allCounts = chunk.Counts;
            for (int document = 0; document < chunk.Documents; document++)
            {
                ReadOnlySpan<int> terms = allTerms[chunk[document]];
                ReadOnlySpan<int> counts = allCounts[chunk[document]];
                double words = WordsOf(counts);
                for (int cell = 0; cell < terms.Length; cell++)
                {
                    int term = terms[cell];
                    _frequencies[term] += counts[cell];
                    _containing[term]++;
                    _seen[term] += words > 1 ? counts[cell] : 0;
                    _weights[term] += words > 1 ? counts[cell] / (words - 1) : 0;
                }
            }
            read += chunk.Documents;
        }
        return read;
    }

    // The rows of the projected co-occurrences, scaled to what follows a word.
    private double[] Project(ulong[] signs, int[] chunks, CancellationToken cancellation)
    {
        double[] rows = new double[documents.Vocabulary * Directions];
        ChunkSweep.Run(Directions / Block, threads, cancellation, block =>
        {
            SignedSums sums = new(signs.AsSpan(), block, Directions / Block, documents.Vocabulary);
            foreach (int index in chunks)
            {
                cancellation.ThrowIfCancellationRequested();
                Add(documents.GetChunk(index), sums);
            }
            for (int term = 0; term < documents.Vocabulary; term++)
            {
                if (_seen[term] > 0)
                {
                    // Σ_d weight·(sum of the document − the word itself).
                    sums.Subtract(term, _weights[term], 1 / _seen[term], rows.AsSpan(term * Directions + block * Block, Block));
                }
            }
        });
        return rows;
    }

    private static void Add(DocumentChunk chunk, SignedSums sums)
    {
        ReadOnlySpan<int> allTerms = chunk.Terms;
        ReadOnlySpan<int> allCounts = chunk.Counts;
        for (int document = 0; document < chunk.Documents; document++)
        {
            ReadOnlySpan<int> terms = allTerms[chunk[document]];
            ReadOnlySpan<int> counts = allCounts[chunk[document]];
            double words = WordsOf(counts);
            if (words > 1)
            {
                sums.Add(terms, counts, (float)(1 / (words - 1)));
            }
        }
    }

    private static double WordsOf(ReadOnlySpan<int> counts)
    {
        double words = 0;
        foreach (int count in counts)
        {
            words += count;
        }
        return words;
    }

    // The candidate farthest from the flat through the corners so far, again and again. Rows stay as they are; what is left of them is known by its length alone.
    private int[] Corners(double[] rows, int read)
    {
        double least = Math.Max(LeastDocuments, LeastShare * read);
        int[] candidates = [.. Enumerable.Range(0, _containing.Length).Where(term => _containing[term] >= least)];
        if (candidates.Length < topics)
        {
            candidates = [.. Enumerable.Range(0, _containing.Length).Where(term => _containing[term] > 0)];
        }
        if (candidates.Length < topics)
        {
            throw new DegenerateStartException($"Expected at least {topics} words to anchor topics on, found {candidates.Length}. Use fewer topics, or start from random documents.");
        }
        double[] left = Array.ConvertAll(candidates, term => Products.Dot(Row(rows, term), Row(rows, term)));
        int[] anchors = new int[topics];
        List<double[]> spanned = [];
        for (int k = 0; k < topics; k++)
        {
            int farthest = Array.IndexOf(left, left.Max());
            anchors[k] = candidates[farthest];
            double[] corner = Row(rows, anchors[k]).ToArray();
            ReadOnlySpan<double> origin = Row(rows, anchors[0]);
            if (k == 0)
            {
                // The first corner becomes the origin: what is spanned is a flat through the corners, not through zero.
                Measure(candidates, left, rows, null, 0);
                continue;
            }
            Products.AddScaled(origin, -1, corner);
            for (int pass = 0; pass < 2; pass++)
            {
                foreach (double[] known in spanned)
                {
                    Products.AddScaled(known, -Products.Dot(known, corner), corner);
                }
            }
            double length = Math.Sqrt(Products.Dot(corner, corner));
            double[] direction = new double[Directions];
            Products.AddScaled(corner, length > 0 ? 1 / length : 0, direction);
            spanned.Add(direction);
            Measure(candidates, left, rows, direction, Products.Dot(direction, origin));
            left[farthest] = double.NegativeInfinity;
        }
        return anchors;

        // Without a direction: squared distances from the origin; else what is left of them beyond it.
        void Measure(int[] terms, double[] lengths, double[] all, double[]? direction, double at)
        {
            const int block = 256;
            ChunkSweep.Run((terms.Length + block - 1) / block, threads, CancellationToken.None, index =>
            {
                double[] difference = new double[Directions];
                for (int i = index * block; i < Math.Min((index + 1) * block, terms.Length); i++)
                {
                    ReadOnlySpan<double> row = Row(all, terms[i]);
                    if (direction is not null)
                    {
                        double along = Products.Dot(row, direction) - at;
                        lengths[i] -= along * along;
                        continue;
                    }
                    row.CopyTo(difference);
                    Products.AddScaled(Row(all, anchors[0]), -1, difference);
                    lengths[i] = terms[i] == anchors[0] ? double.NegativeInfinity : Products.Dot(difference, difference);
                }
            });
        }
    }

    private static ReadOnlySpan<double> Row(double[] rows, int term) => rows.AsSpan(term * Directions, Directions);

    // For each word the mixture of corners nearest to it, by exponentiated gradients; times the word's share, that is its share of each topic.
    private double[] Recover(double[] rows, int[] anchors, CancellationToken cancellation)
    {
        int stride = TopicParameters.Padded(topics);
        double[] gram = new double[topics * stride];
        double step = 0;
        for (int i = 0; i < topics; i++)
        {
            for (int j = 0; j < topics; j++)
            {
                gram[i * stride + j] = Products.Dot(Row(rows, anchors[i]), Row(rows, anchors[j]));
            }
            step = Math.Max(step, gram[i * stride + i]);
        }
        double[] values = new double[documents.Vocabulary * stride];
        const int block = 64;
        ChunkSweep.Run((documents.Vocabulary + block - 1) / block, threads, cancellation, index =>
        {
            double[] target = new double[stride];
            double[] mixture = new double[stride];
            double[] gradient = new double[stride];
            for (int term = index * block; term < Math.Min((index + 1) * block, documents.Vocabulary); term++)
            {
                for (int k = 0; k < topics; k++)
                {
                    target[k] = Products.Dot(Row(rows, term), Row(rows, anchors[k]));
                }
                Mix(gram, target, mixture, gradient, step > 0 ? 2 / step : 1);
                for (int k = 0; k < topics; k++)
                {
                    values[term * stride + k] = Math.Max(_frequencies[term], 0.5) * (mixture[k] + 0.1 / topics);
                }
            }
        });
        return values;
    }

    // Padded vectors; what pads them stays zero.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix(double[] gram, double[] target, double[] mixture, double[] gradient, double step)
    {
        int stride = mixture.Length;
        Array.Fill(mixture, 1.0 / topics, 0, topics);
        for (int iteration = 0; iteration < MixtureSteps; iteration++)
        {
            Array.Clear(gradient);
            for (int k = 0; k < topics; k++)
            {
                // What has all but vanished no longer moves the others.
                if (mixture[k] > 1e-2 / topics)
                {
                    Products.AddScaled(gram.AsSpan(k * stride, stride), mixture[k], gradient);
                }
            }
            double least = double.PositiveInfinity;
            for (int k = 0; k < topics; k++)
            {
                gradient[k] -= target[k];
                least = Math.Min(least, gradient[k]);
            }
            for (int k = 0; k < topics; k++)
            {
                gradient[k] = -step * (gradient[k] - least);
            }
            Elementary.Exp(gradient, gradient);
            double sum = 0;
            for (int k = 0; k < topics; k++)
            {
                gradient[k] *= mixture[k];
                sum += gradient[k];
            }
            double moved = 0;
            for (int k = 0; k < topics; k++)
            {
                double next = gradient[k] / sum;
                moved += Math.Abs(next - mixture[k]);
                mixture[k] = next;
            }
            if (moved < SettledMixture)
            {
                break;
            }
        }
    }
}
