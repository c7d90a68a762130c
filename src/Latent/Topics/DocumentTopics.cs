namespace Latent.Topics;

/// <summary>The topics of documents, as a model sees them.</summary>
/// <param name="Topics">K.</param>
/// <param name="Values">Documents × K: the posterior mean of each document's mixture, every row summing to one. A document without known words has the prior's mean.</param>
/// <param name="Bounds">Each document's share of the bound, in nats: at most log p(words | topics). 0 for a document without known words.</param>
/// <param name="Words">Known words of each document.</param>
/// <param name="UnknownWords">Words of all documents that have no probability under any topic, and were left out.</param>
public sealed record DocumentTopics(int Topics, double[] Values, double[] Bounds, long[] Words, long UnknownWords)
{
    /// <summary>The number of documents.</summary>
    public int Documents => Words.Length;

    /// <summary>The mixture of a document.</summary>
    public ReadOnlySpan<double> this[int document] => Values.AsSpan(document * Topics, Topics);

    /// <summary>The largest topic of each document; the first of several.</summary>
    public int[] Labels()
    {
        int[] labels = new int[Documents];
        for (int document = 0; document < labels.Length; document++)
        {
            ReadOnlySpan<double> mixture = this[document];
            for (int k = 1; k < mixture.Length; k++)
            {
                labels[document] = mixture[k] > mixture[labels[document]] ? k : labels[document];
            }
        }
        return labels;
    }

    /// <summary>
    /// The documents most like one, by the Hellinger affinity Σ√(θ·θ′) of their mixtures: 1 for the same mixture, 0 for no common topic.
    /// </summary>
    /// <param name="document">The document.</param>
    /// <param name="count">How many others.</param>
    public IReadOnlyList<(int Document, double Affinity)> MostSimilar(int document, int count = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(document);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(document, Documents);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        double[] own = this[document].ToArray();
        double[] affinities = new double[Documents];
        for (int other = 0; other < affinities.Length; other++)
        {
            ReadOnlySpan<double> mixture = this[other];
            for (int k = 0; k < own.Length; k++)
            {
                affinities[other] += Math.Sqrt(own[k] * mixture[k]);
            }
        }
        return
        [
            .. Enumerable.Range(0, Documents).Where(other => other != document).OrderByDescending(other => affinities[other]).Take(count)
                .Select(other => (other, Math.Min(1, affinities[other]))),
        ];
    }

    /// <summary>The mean mixture of the words of each group of documents: topics over dates, authors and the like.</summary>
    /// <param name="groups">The group of each document, from 0, or −1 to leave it out.</param>
    /// <param name="count">The number of groups.</param>
    /// <returns>One mixture per group, each document weighted by its known words; NaN for a group without any.</returns>
    /// <exception cref="ArgumentException">There are more or fewer groups than documents, or one is not below <paramref name="count"/>.</exception>
    public double[][] MeanByGroup(ReadOnlySpan<int> groups, int count)
    {
        if (groups.Length != Documents)
        {
            throw new ArgumentException($"Expected a group for each of {Documents} documents, found {groups.Length}.", nameof(groups));
        }
        double[][] means = new double[count][];
        double[] words = new double[count];
        for (int group = 0; group < count; group++)
        {
            means[group] = new double[Topics];
        }
        for (int document = 0; document < groups.Length; document++)
        {
            int group = groups[document];
            if (group < -1 || group >= count)
            {
                throw new ArgumentException($"Expected groups from −1 to {count - 1}, found {group} for document {document}.", nameof(groups));
            }
            if (group < 0)
            {
                continue;
            }
            words[group] += Words[document];
            ReadOnlySpan<double> mixture = this[document];
            for (int k = 0; k < Topics; k++)
            {
                means[group][k] += Words[document] * mixture[k];
            }
        }
        for (int group = 0; group < count; group++)
        {
            for (int k = 0; k < Topics; k++)
            {
                means[group][k] /= words[group];
            }
        }
        return means;
    }
}
