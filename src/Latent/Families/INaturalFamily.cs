namespace Latent.Families;

/// <summary>Optional ability of a family: the parameters of a component as people read them (see <see cref="INaturalParameters{TParameters}"/>).</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface INaturalFamily<TComponent>
{
    /// <summary>The natural parameters of one component, as many for each. A name that several components have is one parameter that they share.</summary>
    /// <param name="component">The component's number as people count, from 1: part of the names of what is its own, as in <c>mean[1, waiting]</c>.</param>
    /// <param name="columns">The names of the columns.</param>
    IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns);

    /// <summary>Writes their values.</summary>
    void WriteNaturalParameters(TComponent component, Span<double> values);
}
