namespace Latent.Topics;

/// <summary>A fitted topic model and how its fit went.</summary>
/// <param name="Model">The model, its topics by the number of their words, largest first, unless a start was given.</param>
/// <param name="Result">How the fit went; its objective is the <see cref="Bound"/>.</param>
/// <param name="Documents">Documents of the corpus, empty ones included.</param>
/// <param name="Tokens">Words of the corpus.</param>
public sealed record TopicFit(TopicModel Model, EmResult Result, int Documents, long Tokens)
{
    /// <summary>The objective in nats: a lower bound of the corpus's log-likelihood, topics' prior included; in maximisation the log-posterior up to a constant.</summary>
    public double Bound => Result.Objective;

    /// <summary>exp(−bound / words): the corpus's own perplexity, an optimistic figure.</summary>
    public double Perplexity => Math.Exp(-Bound / Tokens);
}
