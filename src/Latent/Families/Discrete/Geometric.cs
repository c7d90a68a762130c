using Latent.Kernels;

namespace Latent.Families;

/// <summary>The geometric distribution: failures before the first success, f(x) = p(1−p)ˣ.</summary>
/// <param name="probability">p, above 0 and up to 1.</param>
public sealed class Geometric(double probability) :
    Distribution([Probability(Positive(probability, nameof(probability)), nameof(probability))], Elementary.Log(probability), Elementary.LogOnePlus(-probability))
{
    /// <summary>p.</summary>
    public double Success => Parameters[0];
}
