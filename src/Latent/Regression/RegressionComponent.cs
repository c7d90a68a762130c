using System.Collections.Immutable;

namespace Latent.Regression;

/// <summary>One regression of a mixture: coefficients and a dispersion.</summary>
public sealed class RegressionComponent
{
    /// <summary>Creates a component.</summary>
    /// <param name="coefficients">β, one finite number per term.</param>
    /// <param name="dispersion">The variance of a Gaussian response, the shape of a gamma one, 1 for others.</param>
    /// <param name="held">Whether a bound holds the dispersion.</param>
    /// <exception cref="NumericalException">A coefficient is not finite, or the dispersion not positive and finite.</exception>
    public RegressionComponent(ReadOnlySpan<double> coefficients, double dispersion, bool held = false)
    {
        foreach (double coefficient in coefficients)
        {
            if (!double.IsFinite(coefficient))
            {
                throw new NumericalException($"Expected finite coefficients, found {coefficient}. Rescale the columns, or use fewer terms.");
            }
        }
        if (!(dispersion > 0) || !double.IsFinite(dispersion))
        {
            throw new NumericalException($"Expected a positive, finite dispersion, found {dispersion}. Rescale the response, or use fewer components.");
        }
        Coefficients = ImmutableArray.Create(coefficients);
        Dispersion = dispersion;
        Held = held;
    }

    /// <summary>β.</summary>
    public ImmutableArray<double> Coefficients { get; }

    /// <summary>The variance of a Gaussian response, the shape of a gamma one, 1 for others.</summary>
    public double Dispersion { get; }

    /// <summary>Whether a bound holds the dispersion.</summary>
    public bool Held { get; }
}
