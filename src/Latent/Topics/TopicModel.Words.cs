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
        WordTotals corpus = _totals ??= Totals();
        double[] lifts = new double[own.Length];
        for (int term = 0; term < own.Length; term++)
        {
            lifts[term] = corpus.Corpus[term] > 0 ? own[term] / corpus.Corpus[term] : 0;
        }
        double[] scores = order switch
        {
            TopicWordOrder.Probability => own,
            TopicWordOrder.Lift => lifts,
            _ => Frex(own, corpus.Topics),
        };
        return [.. Greatest(scores, Math.Min(count, own.Length)).Select(term => new TopicWord(term, Word(term), own[term], lifts[term], scores[term]))];
    }

    /// <summary>What all topics say of each word, made once.</summary>
    /// <param name="Corpus">p(w) = Σ_k share_k·β_kw.</param>
    /// <param name="Topics">Σ_k β_kw.</param>
    private sealed record WordTotals(double[] Corpus, double[] Topics);

    [NotSaved]
    private WordTotals? _totals;

    private WordTotals Totals()
    {
        double[] shares = [.. Shares];
        double[] corpus = new double[Vocabulary];
        double[] topics = new double[Vocabulary];
        for (int term = 0; term < corpus.Length; term++)
        {
            for (int k = 0; k < shares.Length; k++)
            {
                double probability = Parameters.Probability(k, term);
                corpus[term] += shares[k] * probability;
                topics[term] += probability;
            }
        }
        return new WordTotals(corpus, topics);
    }

    // The places of the greatest values, greatest first; of equal ones the first.
    private static int[] Greatest(double[] scores, int count)
    {
        int[] found = new int[count];
        int taken = 0;
        for (int term = 0; term < scores.Length; term++)
        {
            if (count == 0 || (taken == count && !(scores[term] > scores[found[^1]])))
            {
                continue;
            }
            int place = taken < count ? taken++ : count - 1;
            for (; place > 0 && scores[term] > scores[found[place - 1]]; place--)
            {
                found[place] = found[place - 1];
            }
            found[place] = term;
        }
        return found;
    }

    private static double[] Frex(double[] own, double[] topics)
    {
        double[] exclusivity = new double[own.Length];
        for (int term = 0; term < own.Length; term++)
        {
            exclusivity[term] = topics[term] > 0 ? own[term] / topics[term] : 0;
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
