namespace Latent;

/// <summary>A map whose pass also yields the gradient of the objective, which makes the stopping test exact to second order.</summary>
/// <remarks>
/// By Fisher's identity ∇L(θ) = ∂Q(θ′ | θ)/∂θ′ at θ′ = θ: the complete-data score at the expected sufficient statistics that the pass
/// has collected anyway.
/// </remarks>
public interface IGradientEmMap : IEmMap
{
    /// <summary>One pass that also writes ∇L(θ).</summary>
    /// <inheritdoc cref="IEmMap.TryPass"/>
    /// <param name="point">θ.</param>
    /// <param name="image">Receives F(θ).</param>
    /// <param name="gradient">Receives ∇L(θ), in nats per unit of each coordinate.</param>
    /// <param name="objective">L(θ) in nats.</param>
    bool TryPass(ReadOnlySpan<double> point, Span<double> image, Span<double> gradient, out double objective);
}
