using System.Collections.Immutable;

namespace Latent.Nonparametric;

/// <summary>Probabilities of the innermost intervals.</summary>
public sealed class IntervalMasses
{
    /// <summary>Masses that are not negative, scaled to sum to one.</summary>
    /// <exception cref="NumericalException">A mass is negative, or they do not sum to a positive, finite number.</exception>
    public IntervalMasses(ReadOnlySpan<double> masses)
    {
        double sum = 0;
        foreach (double mass in masses)
        {
            sum += mass >= 0 ? mass : double.NaN;
        }
        if (!(sum > 0) || !double.IsFinite(sum))
        {
            throw new NumericalException($"Expected masses of zero or more with a positive, finite sum, found a sum of {sum}. Check the weights of the rows.");
        }
        double[] shares = masses.ToArray();
        double[] cumulated = new double[masses.Length + 1];
        for (int j = 0; j < shares.Length; j++)
        {
            shares[j] /= sum;
            cumulated[j + 1] = cumulated[j] + shares[j];
        }
        Masses = [.. shares];
        Cumulated = cumulated;
    }

    /// <summary>The masses, which sum to one.</summary>
    public ImmutableArray<double> Masses { get; }

    /// <summary>P₀ = 0, Pⱼ = p₁ + … + pⱼ.</summary>
    internal double[] Cumulated { get; }

    /// <summary>The probability of a run of intervals; summed one by one where a difference of sums would cancel.</summary>
    public double Of(int first, int last)
    {
        double mass = Cumulated[last + 1] - Cumulated[first];
        if (mass > 1e-4)
        {
            return mass;
        }
        mass = 0;
        for (int j = first; j <= last; j++)
        {
            mass += Masses[j];
        }
        return mass;
    }
}
