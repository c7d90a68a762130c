using Latent.Kernels;

namespace Latent.Families;

/// <content>Coordinates: those of <see cref="StructuredGaussianFamily"/>, then the logarithms of the degrees of freedom that are estimated.</content>
public sealed partial class StudentFamily : ICoordinateFamily<StudentT>
{
    /// <inheritdoc/>
    public int CoordinateCount(int components) => FreeParametersOf(components);

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<StudentT> components, Span<double> point)
    {
        int own = _normal.CoordinateCount(components.Length);
        _normal.WriteCoordinates(Locations(components), point[..own]);
        for (int k = 0; k < Freedoms(components.Length); k++)
        {
            point[own + k] = Elementary.Log(components[k].Freedom);
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<StudentT> like, Span<StudentT> components)
    {
        int own = _normal.CoordinateCount(components.Length);
        Gaussian[] normal = new Gaussian[components.Length];
        if (!_normal.TryReadCoordinates(point[..own], Locations(like), normal))
        {
            return false;
        }
        for (int k = 0; k < components.Length; k++)
        {
            double freedom = Sharing switch
            {
                FreedomSharing.Fixed => like[k].Freedom,
                FreedomSharing.Equal => Elementary.Exp(point[own]),
                _ => Elementary.Exp(point[own + k]),
            };
            // On a bound a logarithm comes back with a rounding error to either side.
            bool inside = freedom >= LeastFreedom * (1 - 1e-12) && freedom <= MostFreedom * (1 + 1e-12);
            if (!inside && Sharing != FreedomSharing.Fixed)
            {
                return false;
            }
            components[k] = new StudentT(normal[k], Bounded(freedom));
        }
        return true;
    }

    private static Gaussian[] Locations(ReadOnlySpan<StudentT> components)
    {
        Gaussian[] locations = new Gaussian[components.Length];
        for (int k = 0; k < locations.Length; k++)
        {
            locations[k] = components[k].Location;
        }
        return locations;
    }
}
