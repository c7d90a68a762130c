namespace Latent;

/// <summary>
/// Optional ability of a model: the gradient of its objective in its coordinates, from the statistic that the E-step has collected anyway. By Fisher's identity
/// ∇L(θ) = ∂Q(θ′ | θ)/∂θ′ at θ′ = θ. With it an iteration knows what is still to gain, not only how far its steps go.
/// </summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
public interface ICoordinateScore<TParameters> : ICoordinates<TParameters>
{
    /// <summary>Whether the gradient can be had; false for a model that is generic over parts which may lack it.</summary>
    bool HasCoordinateScore => true;

    /// <summary>Writes ∂(log-likelihood + log-prior)/∂φ, φ the coordinates, in nats per unit of each.</summary>
    /// <param name="statistic">The statistic that the E-step has collected under <paramref name="parameters"/>, over all data.</param>
    /// <param name="parameters">θ.</param>
    /// <param name="score">Receives one value per coordinate.</param>
    /// <returns>False where a bound holds the parameters, so that the gradient need not vanish at the maximum; the values then mean nothing.</returns>
    bool TryWriteCoordinateScore(ReadOnlySpan<double> statistic, TParameters parameters, Span<double> score);
}
