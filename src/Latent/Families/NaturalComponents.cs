namespace Latent.Families;

/// <summary>
/// The natural parameters of several components of a family side by side: what has one name in several components is one parameter. Of a family without named
/// parameters they are its coordinates.
/// </summary>
internal sealed class NaturalComponents<TComponent>
{
    private readonly INaturalFamily<TComponent>? _named;
    private readonly ICoordinateFamily<TComponent>? _coordinates;

    /// <param name="family">The family.</param>
    /// <param name="components">The number of components.</param>
    /// <param name="columns">The names of the columns.</param>
    public NaturalComponents(object family, int components, IReadOnlyList<string> columns)
    {
        _named = family as INaturalFamily<TComponent>;
        _coordinates = family as ICoordinateFamily<TComponent>;
        List<NaturalParameter> names = [];
        List<int> slots = [];
        Dictionary<string, int> known = [];
        foreach (NaturalParameter parameter in Enumerable.Range(1, _named is null ? 0 : components).SelectMany(k => _named!.NaturalParameters(k, columns)))
        {
            if (known.TryAdd(parameter.Name, names.Count))
            {
                names.Add(parameter);
            }
            slots.Add(known[parameter.Name]);
        }
        if (_named is null && _coordinates is not null)
        {
            names.AddRange(Enumerable.Range(1, _coordinates.CoordinateCount(components)).Select(index => new NaturalParameter($"coordinate[{index}]")));
        }
        Names = names;
        Slots = [.. slots];
        PerComponent = slots.Count / components;
    }

    /// <summary>The names of all.</summary>
    public IReadOnlyList<NaturalParameter> Names { get; }

    /// <summary>Where each parameter of each component stands among <see cref="Names"/>, component after component; empty where they are coordinates.</summary>
    public int[] Slots { get; }

    /// <summary>Named parameters of one component.</summary>
    public int PerComponent { get; }

    /// <summary>Writes the values of all.</summary>
    public void Write(ReadOnlySpan<TComponent> components, Span<double> values)
    {
        if (_named is null)
        {
            _coordinates?.WriteCoordinates(components, values);
            return;
        }
        double[] own = new double[PerComponent];
        for (int k = 0; k < components.Length; k++)
        {
            _named.WriteNaturalParameters(components[k], own);
            for (int j = 0; j < own.Length; j++)
            {
                values[Slots[k * own.Length + j]] = own[j];
            }
        }
    }
}
