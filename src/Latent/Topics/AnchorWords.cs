using System.Numerics.Tensors;
using Latent.Data;
using Latent.Engine;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Topics;

/// <summary>
/// Topics from anchor words [Arora2013]: in the space of co-occurrences each word is a mixture of its topics, and a word that only one topic has is a corner. Corners are found
/// greedily, each the farthest from what is spanned so far; then every word is written as a mixture of them.
/// </summary>
/// <remarks>Co-occurrences are never built: documents add to their projection on random ±1 directions, words × <see cref="Directions"/>.</remarks>
internal sealed class AnchorWords(DocumentSource documents, int topics, int threads)
{
    private const int Directions = 256;
    private const int MixtureSteps = 60;

    // A word in fewer documents than this has co-occurrences too noisy to be a corner.
    private const int LeastDocuments = 5;
    private const double LeastShare = 0.002;

    /// <summary>Topics in padded rows of words, proportional to probabilities, each mixed with a little of the corpus so that no word is out of reach.</summary>
    /// <exception cref="DegenerateStartException">Fewer words than topics are common enough.</exception>
    public double[] Topics(RandomGenerator random, CancellationToken cancellation)
    {
        int vocabulary = documents.Vocabulary;
        double[] signs = new double[vocabulary * Directions];
        for (int i = 0; i < signs.Length; i += 64)
        {
            ulong bits = random.NextUInt64();
            for (int j = 0; j < 64 && i + j < signs.Length; j++)
            {
                signs[i + j] = (bits >> j & 1) == 0 ? 1 : -1;
            }
        }
        (double[] rows, double[] frequencies, int[] containing) = Project(signs, cancellation);
        int[] anchors = Corners(rows, containing);
        return Recover(rows, frequencies, anchors, cancellation);
    }

    // The rows of the projected co-occurrences, scaled to what follows a word; the words' shares; and how many documents have them.
    private (double[] Rows, double[] Frequencies, int[] Containing) Project(double[] signs, CancellationToken cancellation)
    {
        double[] rows = new double[signs.Length];
        double[] frequencies = new double[documents.Vocabulary];
        int[] containing = new int[documents.Vocabulary];
        double[] seen = new double[documents.Vocabulary];
        double[] sum = new double[Directions];
        double[] rest = new double[Directions];
        for (int index = 0; index < documents.ChunkCount; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            DocumentChunk chunk = documents.GetChunk(index);
            for (int document = 0; document < chunk.Documents; document++)
            {
                ReadOnlySpan<int> terms = chunk.Terms[chunk[document]];
                ReadOnlySpan<int> counts = chunk.Counts[chunk[document]];
                double words = 0;
                Array.Clear(sum);
                for (int cell = 0; cell < terms.Length; cell++)
                {
                    words += counts[cell];
                    frequencies[terms[cell]] += counts[cell];
                    containing[terms[cell]]++;
                    Products.AddScaled(signs.AsSpan(terms[cell] * Directions, Directions), counts[cell], sum);
                }
                for (int cell = 0; cell < terms.Length && words > 1; cell++)
                {
                    double weight = counts[cell] / (words - 1);
                    Span<double> row = rows.AsSpan(terms[cell] * Directions, Directions);
                    TensorPrimitives.Subtract<double>(sum, signs.AsSpan(terms[cell] * Directions, Directions), rest);
                    Products.AddScaled(rest, weight, row);
                    seen[terms[cell]] += counts[cell];
                }
            }
        }
        for (int term = 0; term < seen.Length; term++)
        {
            if (seen[term] > 0)
            {
                Span<double> row = rows.AsSpan(term * Directions, Directions);
                TensorPrimitives.Multiply(row, 1 / seen[term], row);
            }
        }
        return (rows, frequencies, containing);
    }

    private int[] Corners(double[] rows, int[] containing)
    {
        double least = Math.Max(LeastDocuments, LeastShare * documents.Documents);
        int[] candidates = [.. Enumerable.Range(0, containing.Length).Where(term => containing[term] >= least)];
        if (candidates.Length < topics)
        {
            candidates = [.. Enumerable.Range(0, containing.Length).Where(term => containing[term] > 0)];
        }
        if (candidates.Length < topics)
        {
            throw new DegenerateStartException($"Expected at least {topics} words to anchor topics on, found {candidates.Length}. Use fewer topics, or start from random documents.");
        }
        double[][] left = Array.ConvertAll(candidates, term => rows.AsSpan(term * Directions, Directions).ToArray());
        int[] anchors = new int[topics];
        double[] origin = [];
        for (int k = 0; k < topics; k++)
        {
            int farthest = 0;
            double most = -1;
            for (int i = 0; i < left.Length; i++)
            {
                double length = Products.Dot(left[i], left[i]);
                (farthest, most) = length > most ? (i, length) : (farthest, most);
            }
            anchors[k] = candidates[farthest];
            double[] corner = (double[])left[farthest].Clone();
            if (k == 0)
            {
                // The first corner becomes the origin: what is spanned is a flat through the corners, not through zero.
                origin = corner;
                foreach (double[] row in left)
                {
                    TensorPrimitives.Subtract<double>(row, origin, row);
                }
                continue;
            }
            double scale = most > 0 ? 1 / most : 0;
            foreach (double[] row in left)
            {
                Products.AddScaled(corner, -scale * Products.Dot(row, corner), row);
            }
        }
        return anchors;
    }

    // For each word the mixture of corners nearest to it, by exponentiated gradients; times the word's share, that is its share of each topic.
    private double[] Recover(double[] rows, double[] frequencies, int[] anchors, CancellationToken cancellation)
    {
        int stride = TopicParameters.Padded(topics);
        double[] gram = new double[topics * topics];
        for (int i = 0; i < topics; i++)
        {
            for (int j = 0; j < topics; j++)
            {
                gram[i * topics + j] = Products.Dot(Row(anchors[i]), Row(anchors[j]));
            }
        }
        ReadOnlySpan<double> Row(int term) => rows.AsSpan(term * Directions, Directions);
        double step = 0;
        for (int i = 0; i < topics; i++)
        {
            step = Math.Max(step, gram[i * topics + i]);
        }
        double[] values = new double[documents.Vocabulary * stride];
        const int block = 64;
        ChunkSweep.Run((documents.Vocabulary + block - 1) / block, threads, cancellation, index =>
        {
            double[] target = new double[topics];
            double[] mixture = new double[topics];
            for (int term = index * block; term < Math.Min((index + 1) * block, documents.Vocabulary); term++)
            {
                for (int k = 0; k < topics; k++)
                {
                    target[k] = Products.Dot(rows.AsSpan(term * Directions, Directions), rows.AsSpan(anchors[k] * Directions, Directions));
                }
                Mix(gram, target, mixture, step > 0 ? 2 / step : 1);
                for (int k = 0; k < topics; k++)
                {
                    values[term * stride + k] = Math.Max(frequencies[term], 0.5) * (mixture[k] + 0.1 / topics);
                }
            }
        });
        return values;
    }

    private static void Mix(double[] gram, double[] target, double[] mixture, double step)
    {
        int topics = mixture.Length;
        Array.Fill(mixture, 1.0 / topics);
        double[] gradient = new double[topics];
        for (int iteration = 0; iteration < MixtureSteps; iteration++)
        {
            double least = double.PositiveInfinity;
            for (int k = 0; k < topics; k++)
            {
                gradient[k] = Products.Dot(gram.AsSpan(k * topics, topics), mixture) - target[k];
                least = Math.Min(least, gradient[k]);
            }
            double sum = 0;
            for (int k = 0; k < topics; k++)
            {
                mixture[k] *= Elementary.Exp(-step * (gradient[k] - least));
                sum += mixture[k];
            }
            TensorPrimitives.Multiply(mixture, 1 / sum, mixture);
        }
    }
}
