using Latent.Data;

namespace Latent.Topics;

/// <summary>How much the top words of topics keep each other company in documents.</summary>
/// <param name="Npmi">
/// Per topic the mean over pairs of log(p(i,j)/p(i)p(j)) / −log p(i,j), with shares of documents: −1 for words that never meet, 0 for chance, 1 for words that always do [Bouma2009].
/// </param>
/// <param name="UMass">Per topic the sum over pairs, the more probable word first, of log((D(i,j)+1)/D(i)) [Mimno2011]. A word that no document has is left out.</param>
public sealed record TopicCoherence(double[] Npmi, double[] UMass)
{
    /// <summary>The coherence of a model's topics in documents over its vocabulary.</summary>
    /// <param name="model">The model.</param>
    /// <param name="documents">The documents: those of the fit, or better others of their kind.</param>
    /// <param name="words">Top words per topic.</param>
    /// <exception cref="ArgumentException">The documents have another vocabulary, or there are none, or fewer than two words are asked for.</exception>
    public static TopicCoherence Of(TopicModel model, DocumentSource documents, int words = 10)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(words, 2);
        if (documents.Vocabulary != model.Vocabulary || documents.Documents == 0)
        {
            throw new ArgumentException($"Expected documents over {model.Vocabulary} terms, found {documents.Documents} over {documents.Vocabulary}.", nameof(documents));
        }
        words = Math.Min(words, model.Vocabulary);
        int[][] tops = [.. Enumerable.Range(0, model.Topics).Select(topic => model.TopWords(topic, words).Select(word => word.Term).ToArray())];
        int[][] meetings = Meetings(tops, documents, words);
        double[] npmi = new double[tops.Length];
        double[] mass = new double[tops.Length];
        for (int topic = 0; topic < tops.Length; topic++)
        {
            (npmi[topic], mass[topic]) = Coherence(meetings[topic], words, documents.Documents);
        }
        return new TopicCoherence(npmi, mass);
    }

    // For each topic a words × words table of the documents that have both.
    private static int[][] Meetings(int[][] tops, DocumentSource documents, int words)
    {
        List<(int Topic, int Place)>?[] places = new List<(int Topic, int Place)>?[documents.Vocabulary];
        for (int topic = 0; topic < tops.Length; topic++)
        {
            for (int place = 0; place < tops[topic].Length; place++)
            {
                (places[tops[topic][place]] ??= []).Add((topic, place));
            }
        }
        int[][] meetings = [.. tops.Select(_ => new int[words * words])];
        List<int>[] present = [.. tops.Select(_ => new List<int>())];
        for (int index = 0; index < documents.ChunkCount; index++)
        {
            DocumentChunk chunk = documents.GetChunk(index);
            ReadOnlySpan<int> terms = chunk.Terms;
            for (int document = 0; document < chunk.Documents; document++)
            {
                foreach (int term in terms[chunk[document]])
                {
                    if (places[term] is { } shown)
                    {
                        foreach ((int topic, int place) in shown)
                        {
                            present[topic].Add(place);
                        }
                    }
                }
                for (int topic = 0; topic < tops.Length; topic++)
                {
                    foreach (int first in present[topic])
                    {
                        foreach (int second in present[topic])
                        {
                            meetings[topic][first * words + second]++;
                        }
                    }
                    present[topic].Clear();
                }
            }
        }
        return meetings;
    }

    private static (double Npmi, double UMass) Coherence(int[] meetings, int words, double documents)
    {
        double npmi = 0;
        double mass = 0;
        int pairs = 0;
        for (int first = 0; first < words; first++)
        {
            for (int second = first + 1; second < words; second++)
            {
                double one = meetings[first * words + first];
                double other = meetings[second * words + second];
                if (one == 0 || other == 0)
                {
                    continue;
                }
                pairs++;
                double both = meetings[first * words + second];
                npmi += both == 0 ? -1 : both == documents ? 1 : Math.Log(both * documents / (one * other)) / -Math.Log(both / documents);
                mass += Math.Log((both + 1) / one);
            }
        }
        return (pairs == 0 ? double.NaN : npmi / pairs, pairs == 0 ? double.NaN : mass);
    }
}
