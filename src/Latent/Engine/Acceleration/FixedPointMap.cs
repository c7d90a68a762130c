namespace Latent;

/// <summary>Writes F(θ): one step of a fixed-point iteration. A point where F is undefined is answered with NaN.</summary>
/// <param name="point">θ.</param>
/// <param name="image">Receives F(θ).</param>
public delegate void FixedPointMap(ReadOnlySpan<double> point, Span<double> image);

/// <summary>L(θ), larger is better (a log-likelihood, not its negative). A point where L is undefined is answered with NaN.</summary>
/// <param name="point">θ.</param>
public delegate double FixedPointObjective(ReadOnlySpan<double> point);
