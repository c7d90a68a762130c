namespace Latent.Families;

/// <summary>
/// Optional ability of a family: the components of a mixture as a point of ℝⁿ and back, unconstrained and free of units
/// (see <see cref="ICoordinates{TParameters}"/>). All components at once, since they may share parameters.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface ICoordinateFamily<TComponent>
{
    /// <summary>The number of coordinates of so many components together.</summary>
    int CoordinateCount(int components);

    /// <summary>Writes the coordinates of the components.</summary>
    void WriteCoordinates(ReadOnlySpan<TComponent> components, Span<double> point);

    /// <summary>Fills <paramref name="components"/> with the components at a point, or returns false where there are none.</summary>
    bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<TComponent> like, Span<TComponent> components);
}
