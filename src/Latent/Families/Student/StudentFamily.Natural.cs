namespace Latent.Families;

/// <content>Natural parameters: locations, scale matrices, and the degrees of freedom where they are estimated.</content>
public sealed partial class StudentFamily
{
    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) =>
    [
        .. _normal.NaturalParameters(component, columns).Select(parameter => parameter with { Name = parameter.Name.Replace("covariance[", "scale[", StringComparison.Ordinal).Replace("variance[", "scale[", StringComparison.Ordinal) }),
        .. Sharing switch
        {
            FreedomSharing.Fixed => (NaturalParameter[])[],
            FreedomSharing.Equal => [new NaturalParameter("freedom", ParameterScale.Log)],
            _ => [new NaturalParameter($"freedom[{component}]", ParameterScale.Log)],
        },
    ];

    /// <inheritdoc/>
    public void WriteNaturalParameters(StudentT component, Span<double> values)
    {
        _normal.WriteNaturalParameters(component.Location, values);
        if (Sharing != FreedomSharing.Fixed)
        {
            values[^1] = component.Freedom;
        }
    }
}
