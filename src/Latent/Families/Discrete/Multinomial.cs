namespace Latent.Families;

/// <summary>The multinomial distribution: how many of a row's counts fall into each of d cells.</summary>
/// <param name="probabilities">One per cell: none negative, scaled here to sum to one.</param>
public sealed class Multinomial(params ReadOnlySpan<double> probabilities) :
    Distribution(new Categorical(probabilities).Probabilities, new Categorical(probabilities).Coefficients)
{
    /// <summary>The probability of each cell.</summary>
    public ReadOnlySpan<double> Probabilities => Parameters;
}
