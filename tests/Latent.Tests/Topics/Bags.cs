using Latent.Data;

namespace Latent.Tests.Topics;

/// <summary>Small corpora.</summary>
internal static class Bags
{
    /// <summary>Documents from lists of words, one entry per occurrence.</summary>
    public static DocumentSource Of(int vocabulary, params IReadOnlyList<int[]> documents)
    {
        List<int> offsets = [0];
        List<int> terms = [];
        List<int> counts = [];
        foreach (int[] words in documents)
        {
            foreach (IGrouping<int, int> group in words.GroupBy(word => word).OrderBy(group => group.Key))
            {
                terms.Add(group.Key);
                counts.Add(group.Count());
            }
            offsets.Add(terms.Count);
        }
        return DocumentSource.From(offsets.ToArray(), terms.ToArray(), counts.ToArray(), vocabulary);
    }

    /// <summary>The words of a document, one entry per occurrence.</summary>
    public static int[] Words(DocumentChunk chunk, int document)
    {
        ReadOnlySpan<int> terms = chunk.Terms[chunk[document]];
        ReadOnlySpan<int> counts = chunk.Counts[chunk[document]];
        List<int> words = [];
        for (int cell = 0; cell < terms.Length; cell++)
        {
            words.AddRange(Enumerable.Repeat(terms[cell], counts[cell]));
        }
        return [.. words];
    }

    /// <summary>Documents of topics that each have a stretch of the vocabulary, and some of everything.</summary>
    public static int[][] Draw(Random random, int documents, int vocabulary, int topics, int words) =>
    [
        .. Enumerable.Range(0, documents).Select(_ =>
        {
            int first = random.Next(topics);
            int second = random.Next(topics);
            return Enumerable.Range(0, 1 + random.Next(2 * words)).Select(_ =>
            {
                int topic = random.Next(4) == 0 ? second : first;
                return random.Next(8) == 0 ? random.Next(vocabulary) : (topic * vocabulary + random.Next(vocabulary)) / topics;
            }).ToArray();
        }),
    ];

    public static double[][] RandomRows(Random random, int rows, int columns, double least) =>
        [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => least + random.NextDouble()).ToArray())];

    public static double[][] Normalized(double[][] rows) => [.. rows.Select(row => row.Select(value => value / row.Sum()).ToArray())];
}
