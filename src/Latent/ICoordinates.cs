using System.Diagnostics.CodeAnalysis;

namespace Latent;

/// <summary>
/// Optional ability of a model: its parameters as a point of ℝⁿ and back. Gives it acceleration, numerical standard errors
/// and checkpoints.
/// </summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
/// <remarks>
/// Coordinates should be unconstrained (log-ratios, logits, log-Cholesky factors) and free of units, since distances between points
/// are compared. What sits on a boundary (a weight of exactly 0) has no coordinate: it stays as it is.
/// </remarks>
public interface ICoordinates<TParameters>
{
    /// <summary>The number of coordinates at <paramref name="parameters"/>; 0 when they have none, which leaves plain EM.</summary>
    int CoordinateCount(TParameters parameters);

    /// <summary>Writes the coordinates of <paramref name="parameters"/>.</summary>
    void WriteCoordinates(TParameters parameters, Span<double> point);

    /// <summary>The parameters at a point, or false where there are none: outside the parameter space, or past a floor.</summary>
    /// <param name="point">The coordinates.</param>
    /// <param name="like">Parameters with the same structure: what has no coordinate is taken from here.</param>
    /// <param name="parameters">The parameters.</param>
    bool TryReadCoordinates(ReadOnlySpan<double> point, TParameters like, [MaybeNullWhen(false)] out TParameters parameters);
}
