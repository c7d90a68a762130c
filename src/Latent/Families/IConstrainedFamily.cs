namespace Latent.Families;

/// <summary>Optional ability of a family: its components obey a constraint that a start from elsewhere may break.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface IConstrainedFamily<TComponent>
{
    /// <summary>The components as the constraint allows them; the very same where they obey it.</summary>
    /// <param name="weights">The weights of the components: of those that are moved, the heavier move less.</param>
    /// <param name="components">The components.</param>
    TComponent[] Constrain(ReadOnlySpan<double> weights, ReadOnlySpan<TComponent> components);
}
