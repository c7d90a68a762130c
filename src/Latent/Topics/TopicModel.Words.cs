namespace Latent.Topics;

public sealed partial class TopicModel
{
    /// <summary>The words that say most about a topic.</summary>
    /// <param name="topic">The topic, from 0.</param>
    /// <param name="count">How many words, at most the vocabulary.</param>
    /// <param name="order">What comes first; ties by the number of the term.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such topic, or <paramref name="count"/> is negative.</exception>
    public IReadOnlyList<TopicWord> TopWords(int topic, int count = 10, TopicWordOrder order = TopicWordOrder.Probability)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topic);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(topic, Topics);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        double[] own = TermProbabilities(topic);
        double[] corpus = CorpusProbabilities();
        double[] lifts = new double[own.Length];
        for (int term = 0; term < own.Length; term++)
        {
            lifts[term] = corpus[term] > 0 ? own[term] / corpus[term] : 0;
        }
        double[] scores = order switch
        {
            TopicWordOrder.Probability => own,
            TopicWordOrder.Lift => lifts,
            _ => Frex(own, topic),
        };
        return
        [
            .. Enumerable.Range(0, own.Length).OrderByDescending(term => scores[term]).Take(count)
                .Select(term => new TopicWord(term, Word(term), own[term], lifts[term], scores[term])),
        ];
    }

    // p(w) = Σ_k share_k·β_kw.
    private double[] CorpusProbabilities()
    {
        double[] shares = [.. Shares];
        double[] corpus = new double[Vocabulary];
        for (int term = 0; term < corpus.Length; term++)
        {
            for (int k = 0; k < shares.Length; k++)
            {
                corpus[term] += shares[k] * Parameters.Probability(k, term);
            }
        }
        return corpus;
    }

    private double[] Frex(double[] own, int topic)
    {
        double[] exclusivity = new double[own.Length];
        for (int term = 0; term < own.Length; term++)
        {
            double total = 0;
            for (int k = 0; k < Topics; k++)
            {
                total += Parameters.Probability(k, term);
            }
            exclusivity[term] = total > 0 ? Parameters.Probability(topic, term) / total : 0;
        }
        double[] byProbability = Ranks(own);
        double[] byExclusivity = Ranks(exclusivity);
        return [.. byProbability.Zip(byExclusivity, (frequency, exclusive) => 2 / (1 / frequency + 1 / exclusive))];
    }

    // The share of values that are no greater: 1 for the greatest.
    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort((double[])values.Clone(), order);
        double[] ranks = new double[values.Length];
        for (int place = values.Length - 1; place >= 0; place--)
        {
            bool tied = place < values.Length - 1 && values[order[place]] == values[order[place + 1]];
            ranks[order[place]] = tied ? ranks[order[place + 1]] : (place + 1.0) / values.Length;
        }
        return ranks;
    }
}
