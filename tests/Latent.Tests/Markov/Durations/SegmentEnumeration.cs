namespace Latent.Tests.Markov;

/// <summary>
/// A hidden semi-Markov model by its definition: every way to cut a sequence into stays, each with the probability of its duration, and of lasting at least so long where the sequence cuts it off.
/// </summary>
/// <param name="initial">π.</param>
/// <param name="transition">A, row-major, without stays.</param>
/// <param name="duration">P(u) of a state.</param>
/// <param name="survival">P(≥ u) of a state.</param>
/// <param name="logDensities">log b, steps × states.</param>
internal sealed class SegmentEnumeration(double[] initial, double[] transition, Func<int, int, double> duration, Func<int, int, double> survival, double[][] logDensities)
{
    private readonly int _states = initial.Length;

    private List<(int[] Path, double LogProbability)>? _paths;

    /// <summary>Every path of states and the logarithm of its joint probability with what was seen, impossible ones left out.</summary>
    public IReadOnlyList<(int[] Path, double LogProbability)> Paths => _paths ??= [.. Cut([], 0).Where(path => path.LogProbability > double.NegativeInfinity)];

    public double LogLikelihood => Math.Log(Paths.Sum(path => Math.Exp(path.LogProbability)));

    /// <summary>P(zₜ = k), steps × states.</summary>
    public double[] Posteriors => Expect(logDensities.Length * _states, path => Enumerable.Range(0, path.Length).Select(t => t * _states + path[t]));

    /// <summary>Expected moves, from × to.</summary>
    public double[] Moves => Expect(_states * _states, path => Enumerable.Range(1, path.Length - 1).Where(t => path[t] != path[t - 1]).Select(t => path[t - 1] * _states + path[t]));

    /// <summary>Expected stays: of each state those that end at each age up to <paramref name="ages"/>, and those that go on; older ones count as of that age.</summary>
    public double[] Stays(int ages) => Expect(2 * _states * ages, path => Enumerable.Range(1, path.Length - 1).Select(t =>
    {
        int age = 1;
        while (t - age > 0 && path[t - age - 1] == path[t - 1])
        {
            age++;
        }
        return (2 * path[t - 1] + (path[t] == path[t - 1] ? 1 : 0)) * ages + Math.Min(age, ages) - 1;
    }));

    private double[] Expect(int length, Func<int[], IEnumerable<int>> places)
    {
        double[] sums = new double[length];
        double total = LogLikelihood;
        foreach ((int[] path, double logProbability) in Paths)
        {
            foreach (int place in places(path))
            {
                sums[place] += Math.Exp(logProbability - total);
            }
        }
        return sums;
    }

    private IEnumerable<(int[] Path, double LogProbability)> Cut(int[] before, double logProbability)
    {
        int left = logDensities.Length - before.Length;
        for (int state = 0; state < _states; state++)
        {
            double enter = before.Length == 0 ? initial[state] : state == before[^1] ? 0 : transition[before[^1] * _states + state];
            double own = logProbability + Math.Log(enter);
            for (int steps = 1; steps <= left && enter > 0; steps++)
            {
                own += logDensities[before.Length + steps - 1][state];
                int[] path = [.. before, .. Enumerable.Repeat(state, steps)];
                if (steps == left)
                {
                    yield return (path, own + Math.Log(survival(state, steps)));
                }
                else if (duration(state, steps) > 0)
                {
                    foreach ((int[] Path, double LogProbability) longer in Cut(path, own + Math.Log(duration(state, steps))))
                    {
                        yield return longer;
                    }
                }
            }
        }
    }
}
