namespace Latent.Topics;

/// <summary>Where the batches of a fit are between two of them.</summary>
/// <param name="Counts">λ − η, but for the scale.</param>
/// <param name="Sums">The sums of the counts over the words, scaled.</param>
/// <param name="Scale">What all counts are to be multiplied by.</param>
/// <param name="Steps">Batches done.</param>
/// <param name="Checks">The held-out perplexity so far.</param>
/// <param name="Ended">Why the batches ended, once they did.</param>
internal sealed record OnlineTopicState(double[] Counts, double[] Sums, double Scale, int Steps, HeldOutCheck[] Checks, StopReason? Ended);
