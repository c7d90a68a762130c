namespace Latent.Tests.Markov;

/// <summary>
/// A hidden Markov model by its definition: every path of states there is, with its probability. The oracle of everything that the recursions compute, for sequences of a few steps.
/// </summary>
/// <param name="initial">π.</param>
/// <param name="transition">A, row-major.</param>
/// <param name="logDensities">log b, steps × states.</param>
internal sealed class PathEnumeration(double[] initial, double[] transition, double[][] logDensities)
{
    private readonly int _states = initial.Length;

    private int Steps => logDensities.Length;

    /// <summary>Every path and the logarithm of its joint probability with what was seen.</summary>
    public IEnumerable<(int[] Path, double LogProbability)> Paths()
    {
        int count = (int)Math.Pow(_states, Steps);
        for (int code = 0; code < count; code++)
        {
            int[] path = new int[Steps];
            for (int t = 0, rest = code; t < Steps; t++, rest /= _states)
            {
                path[t] = rest % _states;
            }
            double sum = Math.Log(initial[path[0]]) + logDensities[0][path[0]];
            for (int t = 1; t < Steps; t++)
            {
                sum += Math.Log(transition[path[t - 1] * _states + path[t]]) + logDensities[t][path[t]];
            }
            yield return (path, sum);
        }
    }

    public double LogLikelihood
    {
        get
        {
            double most = Paths().Max(path => path.LogProbability);
            return double.IsNegativeInfinity(most) ? most : most + Math.Log(Paths().Sum(path => Math.Exp(path.LogProbability - most)));
        }
    }

    /// <summary>P(zₜ = k), steps × states.</summary>
    public double[] Posteriors => Expect(Steps * _states, (path, add) =>
    {
        for (int t = 0; t < path.Length; t++)
        {
            add(t * _states + path[t]);
        }
    });

    /// <summary>Expected transitions, from × to.</summary>
    public double[] Transitions => Expect(_states * _states, (path, add) =>
    {
        for (int t = 1; t < path.Length; t++)
        {
            add(path[t - 1] * _states + path[t]);
        }
    });

    private double[] Expect(int length, Action<int[], Action<int>> count)
    {
        double[] sums = new double[length];
        double total = LogLikelihood;
        foreach ((int[] path, double logProbability) in Paths())
        {
            count(path, at => sums[at] += Math.Exp(logProbability - total));
        }
        return sums;
    }
}
