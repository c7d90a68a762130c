using System.Collections.Immutable;

namespace Latent.Regression;

/// <summary>The coefficients of a zero-inflated regression in the units in which it is fitted.</summary>
public sealed class ZeroInflatedParameters
{
    /// <summary>Creates parameters.</summary>
    /// <param name="zero">γ, the log-odds of a structural zero.</param>
    /// <param name="count">The regression of the counts.</param>
    /// <exception cref="NumericalException">A coefficient is not finite.</exception>
    public ZeroInflatedParameters(ReadOnlySpan<double> zero, RegressionComponent count)
    {
        ArgumentNullException.ThrowIfNull(count);
        foreach (double coefficient in zero)
        {
            if (!double.IsFinite(coefficient))
            {
                throw new NumericalException($"Expected finite coefficients of the zero part, found {coefficient}. Rescale its columns, or use fewer terms.");
            }
        }
        Zero = ImmutableArray.Create(zero);
        Count = count;
    }

    /// <summary>γ, the log-odds of a structural zero.</summary>
    public ImmutableArray<double> Zero { get; }

    /// <summary>β and the dispersion.</summary>
    public RegressionComponent Count { get; }
}
