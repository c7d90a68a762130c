using System.Diagnostics.CodeAnalysis;
using Latent.Families;

namespace Latent.Regression;

/// <content>Coordinates: γ₂ … γ_K in standard units, then the family's. Natural parameters: γ in the units of the data, then the family's.</content>
internal sealed partial class ConcomitantModel<TComponent> : ICoordinates<ConcomitantMixture<TComponent>>, INaturalParameters<ConcomitantMixture<TComponent>>
{
    public int CoordinateCount(ConcomitantMixture<TComponent> parameters) =>
        constant.Family is ICoordinateFamily<TComponent> family ? Free + family.CoordinateCount(Components) : 0;

    public void WriteCoordinates(ConcomitantMixture<TComponent> parameters, Span<double> point)
    {
        parameters.Gate.AsSpan(Terms, Free).CopyTo(point);
        ((ICoordinateFamily<TComponent>)constant.Family).WriteCoordinates(parameters.Components.AsSpan(), point[Free..]);
    }

    public bool TryReadCoordinates(ReadOnlySpan<double> point, ConcomitantMixture<TComponent> like, [MaybeNullWhen(false)] out ConcomitantMixture<TComponent> parameters)
    {
        parameters = null;
        double[] gate = new double[Components * Terms];
        point[..Free].CopyTo(gate.AsSpan(Terms));
        TComponent[] components = new TComponent[Components];
        if (!Array.TrueForAll(gate, double.IsFinite)
            || !((ICoordinateFamily<TComponent>)constant.Family).TryReadCoordinates(point[Free..], like.Components.AsSpan(), components))
        {
            return false;
        }
        parameters = new ConcomitantMixture<TComponent>(gate, components);
        return true;
    }

    public IReadOnlyList<NaturalParameter> NaturalParameters(ConcomitantMixture<TComponent> parameters) =>
    [
        .. Enumerable.Range(2, Components - 1).SelectMany(k => names.Select(name => new NaturalParameter($"concomitant[{k}, {name}]"))),
        .. Enumerable.Range(1, Components).SelectMany(k => Natural.NaturalParameters(k, [])),
    ];

    public void WriteNaturalParameters(ConcomitantMixture<TComponent> parameters, Span<double> values)
    {
        for (int k = 1; k < Components; k++)
        {
            standardization.ToOriginal(parameters.Gate.AsSpan(k * Terms, Terms)).CopyTo(values[((k - 1) * Terms)..]);
        }
        int each = (values.Length - Free) / Components;
        for (int k = 0; k < Components; k++)
        {
            Natural.WriteNaturalParameters(parameters.Components[k], values.Slice(Free + k * each, each));
        }
    }

    private INaturalFamily<TComponent> Natural => (INaturalFamily<TComponent>)constant.Family;
}
