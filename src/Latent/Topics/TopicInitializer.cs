namespace Latent.Topics;

/// <summary>What makes the first topics.</summary>
public enum TopicInitializer
{
    /// <summary>Each topic from a few random documents, mixed with the words of the corpus.</summary>
    RandomDocuments,

    /// <summary>Each topic from the words of the corpus, every count times a random number: the start of scikit-learn and gensim, but for the words' frequencies.</summary>
    RandomWeights,

    /// <summary>Anchor words: words that only one topic has, found as the corners of the co-occurrences [Arora2013]. The same each time but for a random projection.</summary>
    AnchorWords,
}
