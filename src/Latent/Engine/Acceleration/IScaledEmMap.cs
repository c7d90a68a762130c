namespace Latent;

/// <summary>A map that knows the natural unit of each coordinate, so that norms and least squares do not mix units.</summary>
public interface IScaledEmMap : IEmMap
{
    /// <summary>
    /// Writes the unit of each coordinate: its complete-data standard error √(I_c⁻¹)_jj at <paramref name="point"/>, or
    /// anything proportional to it.
    /// </summary>
    /// <param name="point">A feasible θ.</param>
    /// <param name="scale">
    /// Holds the units in force (1 at first); an entry that is left, or set to anything but a positive finite number, keeps its old unit.
    /// </param>
    /// <remarks>Asked for at the accepted passes 1, 2, 4, 8, …, so its cost hardly matters.</remarks>
    void Scale(ReadOnlySpan<double> point, Span<double> scale);
}
