namespace Latent.Topics;

/// <summary>What a topic model estimates, and with it the objective of a fit.</summary>
public enum TopicInference
{
    /// <summary>
    /// A posterior distribution of the topics under the prior Dirichlet(η), and of each document's mixture under Dirichlet(α) [Hoffman2010]: the objective
    /// is a lower bound of the log-likelihood of the corpus with everything else integrated out.
    /// </summary>
    VariationalBayes,

    /// <summary>
    /// The most likely topics, without a prior, and a posterior distribution of each document's mixture [Blei2003]: the objective is a lower bound of the log-likelihood
    /// of the corpus given the topics.
    /// </summary>
    VariationalEm,

    /// <summary>
    /// The most likely topics and mixtures, under Dirichlet priors whose density grows with each, α and η ≥ 1: the objective is
    /// Σ c log Σ_k θ_k β_kw + (α−1)Σ log θ + (η−1)Σ log β. With α = η = 1 this is probabilistic latent semantic analysis [Hofmann2001].
    /// </summary>
    MaximumAPosteriori,
}
