namespace Latent;

/// <summary>
/// A fixed-point map F and the objective L that it climbs, seen as one fused pass over the data: all that an
/// accelerator needs to know of a model.
/// </summary>
/// <remarks>
/// For expectation-maximization F is one E-step and M-step and L the log-likelihood plus the log-prior, both by-products of
/// the same sweep. A majorise-minimise algorithm or any other slowly converging fixed-point iteration will do as well. Two optional
/// abilities have interfaces of their own: <see cref="IGradientEmMap"/> and <see cref="IScaledEmMap"/>.
/// </remarks>
public interface IEmMap
{
    /// <summary>The number of coordinates of a point.</summary>
    int Length { get; }

    /// <summary>
    /// Whether <see cref="TryPass"/> yields an objective. Without one, acceptance rests on the size of the step F(θ) − θ.
    /// </summary>
    bool HasObjective => true;

    /// <summary>One pass over the data at <paramref name="point"/>.</summary>
    /// <param name="point">θ, of length <see cref="Length"/>, all finite. It may lie outside the parameter space.</param>
    /// <param name="image">Receives F(θ); its content does not matter when the answer is false.</param>
    /// <param name="objective">
    /// L(θ) in nats, larger is better; NaN or −∞ where it is undefined although F(θ) exists. Ignored without
    /// <see cref="HasObjective"/>.
    /// </param>
    /// <returns>
    /// Whether the point is feasible. An infeasible point is an ordinary answer to a bold proposal: return false, do not throw.
    /// </returns>
    bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective);
}
