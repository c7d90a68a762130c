using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// Independent Dirichlet priors of the initial distribution and of every row of the transitions. The M-step is the mode: each concentration less one counts as
/// that many observed sequences or transitions. Probabilities of exactly 0 are no part of it.
/// </summary>
/// <param name="Initial">The concentration of each initial probability, at least 1; 1 is uniform.</param>
/// <param name="Transition">The concentration of each transition probability, at least 1; 1 is uniform.</param>
/// <param name="Stay">What is added to the concentration of staying in a state: the higher, the longer states are expected to last. 0 or more.</param>
public sealed record ChainPrior(double Initial = 1, double Transition = 1, double Stay = 0)
{
    /// <summary>Uniform priors: maximum likelihood.</summary>
    public static ChainPrior None { get; } = new();

    internal ChainPrior Checked()
    {
        if (!(Initial >= 1) || !(Transition >= 1) || !(Stay >= 0) || !double.IsFinite(Initial + Transition + Stay))
        {
            throw new ArgumentException($"Expected finite concentrations of at least 1, and 0 or more to stay, found {Initial:R}, {Transition:R} and {Stay:R}.");
        }
        return this;
    }

    /// <summary>The pseudo-count of a transition.</summary>
    internal double Count(int from, int to) => Transition - 1 + (from == to ? Stay : 0);

    /// <summary>The log-density up to a constant.</summary>
    internal double LogDensity(ReadOnlySpan<double> initial, ReadOnlySpan<double> transition)
    {
        double sum = 0;
        for (int state = 0; state < initial.Length; state++)
        {
            sum += Term(Initial - 1, initial[state]);
        }
        for (int at = 0; at < transition.Length; at++)
        {
            sum += Term(Count(at / initial.Length, at % initial.Length), transition[at]);
        }
        return sum;
    }

    private static double Term(double count, double probability) => count > 0 && probability > 0 ? count * Elementary.Log(probability) : 0;
}
