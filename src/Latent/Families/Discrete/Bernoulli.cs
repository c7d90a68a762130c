using Latent.Kernels;

namespace Latent.Families;

/// <summary>The Bernoulli distribution: 1 with probability p, else 0.</summary>
/// <param name="probability">p, from 0 to 1.</param>
public sealed class Bernoulli(double probability) :
    Distribution([Probability(probability, nameof(probability))], Elementary.LogOnePlus(-probability), Elementary.Log(probability))
{
    /// <summary>p.</summary>
    public double Success => Parameters[0];
}
