namespace Latent.Families;

/// <summary>What is held, bounded or shared in the components of a mixture (see <see cref="ConstrainedFamily{TComponent}"/>).</summary>
public sealed record Constraint
{
    private Constraint(string parameter, int? component, double lower, double upper, bool tied)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(parameter);
        if (!(lower <= upper))
        {
            throw new ArgumentException($"Expected a lower bound up to the upper one, found {lower:R} and {upper:R}.", nameof(lower));
        }
        (Parameter, Component, Lower, Upper, IsTied) = (parameter, component, lower, upper, tied);
    }

    /// <summary>The name of the parameter, as the family has it.</summary>
    public string Parameter { get; }

    /// <summary>The component, from 0; null for all.</summary>
    public int? Component { get; }

    /// <summary>The least value; −∞ for none.</summary>
    public double Lower { get; }

    /// <summary>The largest value; ∞ for none.</summary>
    public double Upper { get; }

    /// <summary>Whether all components share the parameter.</summary>
    public bool IsTied { get; }

    /// <summary>The parameter keeps a value, in one component or in all.</summary>
    public static Constraint Fixed(string parameter, double value, int? component = null) => new(parameter, component, value, value, false);

    /// <summary>The parameter stays between two values, in one component or in all; one of them may be infinite.</summary>
    public static Constraint Between(string parameter, double lower, double upper, int? component = null) => new(parameter, component, lower, upper, false);

    /// <summary>All components share the parameter, which is estimated.</summary>
    public static Constraint Tied(string parameter) => new(parameter, null, double.NegativeInfinity, double.PositiveInfinity, true);
}
