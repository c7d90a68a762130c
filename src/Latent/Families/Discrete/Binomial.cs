using Latent.Kernels;

namespace Latent.Families;

/// <summary>The binomial distribution: successes in a known number of trials.</summary>
/// <param name="probability">The probability of success, from 0 to 1.</param>
public sealed class Binomial(double probability) :
    Distribution([Probability(probability, nameof(probability))], 0, Elementary.LogOnePlus(-probability), Elementary.Log(probability))
{
    /// <summary>p.</summary>
    public double Success => Parameters[0];
}
