using Latent.Numerics;

namespace Latent.Families;

/// <summary>What families of counts share.</summary>
internal static class Counts
{
    /// <summary>What a cell must be.</summary>
    public const string Expected = "a count (0, 1, 2, …)";

    // The largest count up to which every whole number is a double.
    private const double Most = 9007199254740992;

    private static readonly double[] _logFactorials = [.. Enumerable.Range(0, 1024).Select(count => GammaFunctions.LogFactorial(count))];

    /// <summary>Whether a cell is a count.</summary>
    public static bool Is(double x) => x is >= 0 and <= Most && x == Math.Floor(x);

    /// <summary>log x!</summary>
    public static double LogFactorial(double x) => x < _logFactorials.Length ? _logFactorials[(int)x] : GammaFunctions.LogFactorial(x);

    /// <summary>Draws a Poisson count of any rate: large ones are halved by gamma variables until the rest is small [AhrensDieter1974].</summary>
    public static double DrawPoisson(double rate, RandomGenerator random)
    {
        SystemRandom source = new(random);
        double count = 0;
        while (rate > 500)
        {
            double arrivals = Math.Floor(rate * 7 / 8);
            double time = MathNet.Numerics.Distributions.Gamma.Sample(source, arrivals, 1);
            if (time > rate)
            {
                return count + DrawBinomial(arrivals - 1, rate / time, random);
            }
            (count, rate) = (count + arrivals, rate - time);
        }
        return rate > 0 ? count + MathNet.Numerics.Distributions.Poisson.Sample(source, rate) : count;
    }

    /// <summary>Draws a binomial count of any number of trials: many are halved by the median of as many uniform variables, which is a beta variable [AhrensDieter1974].</summary>
    public static double DrawBinomial(double trials, double probability, RandomGenerator random)
    {
        SystemRandom source = new(random);
        double count = 0;
        while (trials > 500)
        {
            double below = 1 + Math.Floor(trials / 2);
            double median = MathNet.Numerics.Distributions.Beta.Sample(source, below, trials + 1 - below);
            (count, trials, probability) = median <= probability
                ? (count + below, trials - below, (probability - median) / (1 - median))
                : (count, below - 1, probability / median);
        }
        for (; trials > 0; trials--)
        {
            count += random.NextDouble() < probability ? 1 : 0;
        }
        return count;
    }
}
