namespace Latent;

/// <summary>
/// Optional ability of a model: the total score from the summed statistic. By Fisher's identity ∇L(θ) = ∂Q(θ′ | θ)/∂θ′ at θ′ = θ, and the
/// differences of that over θ are the observed information of [Oakes1999]. For models whose observations have no score of
/// their own, or none that is cheap: <see cref="IScores{TParameters, TChunk}"/> gives more.
/// </summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
public interface IExpectedScore<TParameters> : INaturalParameters<TParameters>
{
    /// <summary>Writes ∂Q(θ′ | θ)/∂θ′ at θ′ = θ in the natural parameters, as if they were free of each other; the log-prior left out.</summary>
    /// <param name="statistic">The statistic that the E-step has collected under <paramref name="parameters"/>, over all data.</param>
    /// <param name="parameters">θ.</param>
    /// <param name="score">Receives one value per natural parameter.</param>
    void WriteScore(ReadOnlySpan<double> statistic, TParameters parameters, Span<double> score);
}
