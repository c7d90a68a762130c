namespace Latent.Topics;

/// <summary>A word of a topic.</summary>
/// <param name="Term">Its number in the vocabulary.</param>
/// <param name="Word">The word.</param>
/// <param name="Probability">Its probability in the topic.</param>
/// <param name="Lift">That probability over the word's share of the corpus: how much more the topic uses it.</param>
/// <param name="Score">What the words were ordered by.</param>
public readonly record struct TopicWord(int Term, string Word, double Probability, double Lift, double Score);

/// <summary>How the words of a topic are ordered.</summary>
public enum TopicWordOrder
{
    /// <summary>By probability: frequent words first, also those that every topic has.</summary>
    Probability,

    /// <summary>By lift: words that are the topic's own, also rare ones.</summary>
    Lift,

    /// <summary>By FREX, the harmonic mean of a word's ranks by probability and by exclusivity, as shares of the vocabulary [Bischof2012]: frequent and own.</summary>
    Frex,
}
