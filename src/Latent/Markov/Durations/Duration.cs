using System.Collections.Immutable;

namespace Latent.Markov;

/// <summary>
/// The distribution of the number of steps u = 1, 2, … that a state lasts once it is entered. Immutable and valid. Beyond the longest duration D of its family
/// the probability of ending stays what it is at D.
/// </summary>
public sealed class Duration
{
    private const int MostSteps = 10_000_000;

    [NotSaved]
    private double[]? _ends;

    [NotSaved]
    private double[]? _stays;

    internal Duration(DurationFamily family, ReadOnlySpan<double> parameters)
    {
        Family = family;
        Parameters = [.. parameters];
    }

    /// <summary>The family.</summary>
    public DurationFamily Family { get; }

    /// <summary>The parameters, in the order of <see cref="DurationFamily.ParameterNames"/>.</summary>
    public ImmutableArray<double> Parameters { get; }

    /// <summary>E[u], in steps.</summary>
    public double Mean
    {
        get
        {
            double survival = 1;
            double sum = 0;
            for (int index = 0; index < Ends.Length - 1; index++)
            {
                sum += survival;
                survival *= Stays[index];
            }
            return survival == 0 ? sum : sum + survival / Ends[^1];
        }
    }

    /// <summary>P(u = age | u ≥ age), one for each age from 1 to D.</summary>
    internal double[] Ends
    {
        get
        {
            Tabulate();
            return _ends!;
        }
    }

    /// <summary>P(u > age | u ≥ age), without the loss of digits of 1 − <see cref="Ends"/>.</summary>
    internal double[] Stays
    {
        get
        {
            Tabulate();
            return _stays!;
        }
    }

    /// <summary>P(u = <paramref name="steps"/>); 0 below 1.</summary>
    public double Probability(int steps) => steps < 1 ? 0 : Survival(steps) * Ends[Math.Min(steps, Ends.Length) - 1];

    /// <summary>P(u ≥ <paramref name="steps"/>); 1 up to 1.</summary>
    public double Survival(int steps)
    {
        double survival = 1;
        for (int age = 1; age < steps && survival > 0; age++)
        {
            survival *= Stays[Math.Min(age, Stays.Length) - 1];
        }
        return survival;
    }

    /// <summary>The shortest u with P(≤ u) of at least <paramref name="probability"/>; <see cref="int.MaxValue"/> beyond ten million steps.</summary>
    /// <param name="probability">Above 0 and below 1.</param>
    public int Quantile(double probability)
    {
        double survival = 1;
        for (int age = 1; age <= MostSteps; age++)
        {
            survival *= Stays[Math.Min(age, Stays.Length) - 1];
            if (survival <= 1 - probability)
            {
                return age;
            }
        }
        return int.MaxValue;
    }

    private void Tabulate()
    {
        if (_ends is not null)
        {
            return;
        }
        double[] ends = new double[Family.Longest];
        double[] stays = new double[Family.Longest];
        Family.Tabulate(Parameters.AsSpan(), ends, stays);
        _stays = stays;
        Volatile.Write(ref _ends, ends);
    }
}
