using Latent.IO;
using Latent.Topics;

namespace Latent.Snippets;

/// <summary>The example of the page on topic models.</summary>
public static class TopicExample
{
    /// <summary>Ten topics of a folder of text.</summary>
    public static DocumentTopics Run(string folder)
    {
        #region fit
        Corpus corpus = Corpus.Read(folder);
        TopicFit fit = TopicModel.Fit(corpus.Documents, topics: 10);
        foreach (TopicWord word in fit.Model.TopWords(topic: 0, count: 5))
        {
            Console.WriteLine($"{word.Word} {word.Probability:F4}");
        }
        DocumentTopics topics = fit.Model.Infer(corpus.Documents);
        #endregion
        return topics;
    }
}
