namespace Latent.Topics;

/// <summary>A fitted topic model and how its fit went.</summary>
/// <param name="Model">The model, its topics by the number of their words, largest first, unless a start was given.</param>
/// <param name="Result">How the fit went; its objective is the <see cref="Bound"/>.</param>
/// <param name="Documents">Documents that were learnt from, empty ones included.</param>
/// <param name="Tokens">Words of them.</param>
public sealed record TopicFit(TopicModel Model, EmResult Result, int Documents, long Tokens)
{
    /// <summary>The objective in nats: a lower bound of the corpus's log-likelihood, topics' prior included; in maximisation the log-posterior up to a constant.</summary>
    public double Bound => Result.Objective;

    /// <summary>exp(−bound / words): the corpus's own perplexity, an optimistic figure.</summary>
    public double Perplexity => Math.Exp(-Bound / Tokens);

    /// <summary>Documents that the <see cref="Bound"/> comes from: all, or the sample of <see cref="TopicOptions.BoundDocuments"/>, scaled by its words.</summary>
    public int BoundDocuments { get; init; } = Documents;

    /// <summary>How well the documents kept back by <see cref="TopicOptions.HeldOut"/> are foretold at the end; null where none were.</summary>
    public HeldOutScore? HeldOut { get; init; }

    /// <summary>The same as the fit went on.</summary>
    public IReadOnlyList<HeldOutCheck> Checks { get; init; } = [];
}
