using Latent.Kernels;

namespace Latent.Families;

/// <summary>A distribution over the codes 0, 1, …, C − 1 of named categories.</summary>
/// <param name="probabilities">One per category: none negative, scaled here to sum to one.</param>
/// <exception cref="ArgumentException">None, a negative or non-finite one, or all zero.</exception>
public sealed class Categorical(params ReadOnlySpan<double> probabilities) : Distribution(Normalized(probabilities), Logarithms(probabilities))
{
    // Probabilities this close to one in sum are kept to the bit, so that stored ones come back as they were.
    private const double Kept = 1e-12;

    /// <summary>The probability of each category.</summary>
    public ReadOnlySpan<double> Probabilities => Parameters;

    private static double[] Normalized(ReadOnlySpan<double> probabilities)
    {
        double sum = 0;
        foreach (double probability in probabilities)
        {
            sum += NotNegative(probability, nameof(probabilities));
        }
        if (!(sum > 0) || !double.IsFinite(sum))
        {
            throw new ArgumentException($"Expected probabilities with a positive finite sum, found {sum:R}.", nameof(probabilities));
        }
        double[] shares = probabilities.ToArray();
        return Math.Abs(sum - 1) <= Kept ? shares : Array.ConvertAll(shares, share => share / sum);
    }

    private static double[] Logarithms(ReadOnlySpan<double> probabilities) => Array.ConvertAll(Normalized(probabilities), Elementary.Log);
}
