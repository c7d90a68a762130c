namespace Latent.Topics;

/// <summary>How well documents are foretold.</summary>
/// <param name="LogLikelihood">Σ log p of the words asked for, in nats.</param>
/// <param name="Words">How many words were asked for.</param>
/// <param name="Documents">Documents that took part.</param>
/// <param name="StandardError">The standard error of the mean log-likelihood per word, over documents.</param>
/// <param name="UnknownWords">Words without probability under any topic, left out.</param>
public sealed record HeldOutScore(double LogLikelihood, long Words, int Documents, double StandardError, long UnknownWords)
{
    /// <summary>exp(−mean log-likelihood per word): as uncertain as a choice among so many equally likely words.</summary>
    public double Perplexity => Math.Exp(-LogLikelihood / Words);

    internal static HeldOutScore Of(double[] logs, long[] words, long unknown)
    {
        double sum = 0;
        long total = 0;
        int documents = 0;
        for (int i = 0; i < logs.Length; i++)
        {
            sum += logs[i];
            total += words[i];
            documents += words[i] > 0 ? 1 : 0;
        }
        if (total == 0)
        {
            throw new ArgumentException("Expected a document with two known words, found none: there is nothing to foretell. Check the vocabulary.");
        }
        // The variance of a ratio of sums over documents.
        double mean = sum / total;
        double squares = 0;
        for (int i = 0; i < logs.Length; i++)
        {
            double residual = logs[i] - mean * words[i];
            squares += residual * residual;
        }
        double error = documents > 1 ? Math.Sqrt(squares * documents / (documents - 1.0)) / total : double.NaN;
        return new HeldOutScore(sum, total, documents, error, unknown);
    }
}
