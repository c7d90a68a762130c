namespace Latent.Testing;

/// <summary>Sums over every assignment of hidden states: exponential, and beyond doubt.</summary>
public static class Enumeration
{
    /// <summary>Every vector of <paramref name="length"/> labels in [0, <paramref name="states"/>), in lexical order; the array is reused.</summary>
    public static IEnumerable<int[]> Assignments(int states, int length)
    {
        int[] labels = new int[length];
        while (true)
        {
            yield return labels;
            int position = length - 1;
            while (position >= 0 && ++labels[position] == states)
            {
                labels[position--] = 0;
            }
            if (position < 0)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// The observed-data likelihood Σ_z p(x, z) and the posterior expectation Σ_z p(z | x)·count(z) of a statistic, from the
    /// joint probability of data and labels.
    /// </summary>
    /// <param name="states">Labels an observation may have.</param>
    /// <param name="length">Observations.</param>
    /// <param name="joint">p(x, z), not its logarithm.</param>
    /// <param name="complete">The complete-data statistic of z.</param>
    public static (double LogLikelihood, double[] Expectation) Expect(int states, int length, Func<int[], double> joint, Func<int[], double[]> complete)
    {
        ArgumentNullException.ThrowIfNull(joint);
        ArgumentNullException.ThrowIfNull(complete);
        double likelihood = 0;
        double[]? expectation = null;
        foreach (int[] labels in Assignments(states, length))
        {
            double probability = joint(labels);
            double[] statistic = complete(labels);
            expectation ??= new double[statistic.Length];
            likelihood += probability;
            for (int index = 0; index < statistic.Length; index++)
            {
                expectation[index] += probability * statistic[index];
            }
        }
        return (Math.Log(likelihood), [.. expectation!.Select(sum => sum / likelihood)]);
    }
}
