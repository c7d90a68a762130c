using System.Collections.Immutable;
using Latent.Mixtures;

namespace Latent.Regression;

/// <summary>
/// A mixture whose weights depend on the row: πₖ(z) = exp(zᵀγₖ)/Σₗ exp(zᵀγₗ), a multinomial logit with γ₁ = 0 [DaytonMacready1988]: concomitant variables, or the gate of a mixture of experts.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public sealed class ConcomitantMixture<TComponent>
{
    /// <summary>Creates a mixture.</summary>
    /// <param name="gate">γ row-major, components × terms; moved so that the first row is zero.</param>
    /// <param name="components">The components.</param>
    /// <exception cref="ArgumentException">Not as many coefficients for each component.</exception>
    /// <exception cref="NumericalException">A coefficient is not finite.</exception>
    public ConcomitantMixture(ReadOnlySpan<double> gate, ReadOnlySpan<TComponent> components)
    {
        if (components.IsEmpty || gate.Length == 0 || gate.Length % components.Length != 0)
        {
            throw new ArgumentException($"Expected as many coefficients for each of {components.Length} components, found {gate.Length} in all.", nameof(gate));
        }
        int terms = gate.Length / components.Length;
        double[] moved = gate.ToArray();
        for (int index = moved.Length - 1; index >= 0; index--)
        {
            moved[index] -= moved[index % terms];
            if (!double.IsFinite(moved[index]))
            {
                throw new NumericalException($"Expected finite coefficients of the concomitant variables, found {moved[index]}. Rescale them, or use fewer components.");
            }
        }
        Gate = [.. moved];
        Components = [.. components];
        Equal = new Mixture<TComponent>([.. Enumerable.Repeat(1.0, components.Length)], components);
    }

    /// <summary>γ row-major, components × terms; the first row is zero.</summary>
    public ImmutableArray<double> Gate { get; }

    /// <summary>The components.</summary>
    public ImmutableArray<TComponent> Components { get; }

    /// <summary>The number of terms that the weights depend on.</summary>
    public int Terms => Gate.Length / Components.Length;

    /// <summary>The components with equal weights.</summary>
    internal Mixture<TComponent> Equal { get; }
}
