using Latent.Data;

namespace Latent.Markov;

/// <summary>
/// A family of distributions of how many steps a state lasts: what makes a hidden Markov model a hidden semi-Markov one [Guedon2003]. A distribution is used by its hazard, the probability
/// e(u) of ending at age u once that age is reached, up to a longest duration D; beyond D the hazard stays what it is at D.
/// </summary>
public abstract class DurationFamily
{
    /// <summary>The greatest D that follows from the data.</summary>
    private const int MostByDefault = 500;

    private protected DurationFamily(string name, int longest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(longest);
        Name = name;
        Longest = longest;
    }

    /// <summary>P(u) = p(1 − p)ᵘ⁻¹: with it the model is the ordinary hidden Markov model.</summary>
    public static DurationFamily Geometric { get; } = new GeometricDurations();

    /// <summary>What it is called on the command line.</summary>
    public string Name { get; }

    /// <summary>D, in steps; 0 where it is to follow from the data.</summary>
    public int Longest { get; }

    /// <summary>The names of the parameters.</summary>
    public abstract IReadOnlyList<string> ParameterNames { get; }

    /// <summary>Free parameters of the durations of one state.</summary>
    public virtual int FreeParameters => ParameterNames.Count;

    /// <summary>u − 1 is Poisson distributed with a rate λ.</summary>
    /// <param name="longest">D, beyond which the hazard stays what it is; 0: the length of the longest sequence, up to 500.</param>
    public static DurationFamily Poisson(int longest = 0) => new PoissonDurations(longest);

    /// <summary>u − 1 has a negative binomial distribution of size r and mean μ: geometric for r = 1, Poisson for r → ∞.</summary>
    /// <inheritdoc cref="Poisson"/>
    public static DurationFamily NegativeBinomial(int longest = 0) => new NegativeBinomialDurations(longest);

    /// <summary>P(u) = −pᵘ/(u·log(1 − p)): many short stays and a long tail.</summary>
    /// <inheritdoc cref="Poisson"/>
    public static DurationFamily LogSeries(int longest = 0) => new LogSeriesDurations(longest);

    /// <summary>A probability for each duration from 1 to D, none longer.</summary>
    /// <param name="longest">D, at least 1.</param>
    public static DurationFamily Nonparametric(int longest)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(longest);
        return new NonparametricDurations(longest);
    }

    /// <summary>The family of a name, and of the longest duration; null where there is none of the name.</summary>
    /// <param name="name">geometric, poisson, negative-binomial, log-series or nonparametric.</param>
    /// <param name="longest">D; 0 where it is to follow from the data.</param>
    public static DurationFamily? Of(string name, int longest = 0) => name switch
    {
        GeometricDurations.FamilyName => Geometric,
        PoissonDurations.FamilyName => Poisson(longest),
        NegativeBinomialDurations.FamilyName => NegativeBinomial(longest),
        LogSeriesDurations.FamilyName => LogSeries(longest),
        NonparametricDurations.FamilyName => Nonparametric(longest),
        _ => null,
    };

    /// <summary>A distribution.</summary>
    /// <param name="parameters">Its parameters, in the order of <see cref="ParameterNames"/>.</param>
    /// <exception cref="ArgumentException">Another number of parameters, or one that is out of its range; or D is not known yet.</exception>
    public Duration Create(params ReadOnlySpan<double> parameters)
    {
        if (Longest == 0)
        {
            throw new ArgumentException($"Expected {Name} durations up to a given number of steps, found none given. Name the longest duration.");
        }
        if (parameters.Length != ParameterNames.Count)
        {
            throw new ArgumentException($"Expected {ParameterNames.Count} parameters ({string.Join(", ", ParameterNames)}) of {Name} durations, found {parameters.Length}.", nameof(parameters));
        }
        return new Duration(this, Checked(parameters));
    }

    /// <summary>The scale of the confidence interval of a parameter.</summary>
    internal static ParameterScale ScaleOf(string name) => name is "rate" or "size" or "mean" ? ParameterScale.Log : ParameterScale.Logit;

    /// <summary>The family with the longest duration that the data suggest, where none was given.</summary>
    internal DurationFamily For(SequenceSource sequences) => Longest > 0 ? this : With(sequences.Lengths.IsEmpty ? 1 : Math.Clamp(Longer(sequences.Lengths), 1, MostByDefault));

    /// <summary>The same family with another longest duration.</summary>
    private protected abstract DurationFamily With(int longest);

    private protected abstract double[] Checked(ReadOnlySpan<double> parameters);

    /// <summary>Writes the hazards of the ages 1 … D, and their complements.</summary>
    internal abstract void Tabulate(ReadOnlySpan<double> parameters, Span<double> ends, Span<double> stays);

    /// <summary>The distribution that maximises Σ ends(u)·log e(u) + stays(u)·log(1 − e(u)).</summary>
    /// <param name="ends">Expected stays that end at each age; those older than D at D.</param>
    /// <param name="stays">Expected stays that go on after each age.</param>
    /// <param name="current">The distribution under which they were found.</param>
    internal abstract Duration Estimate(ReadOnlySpan<double> ends, ReadOnlySpan<double> stays, Duration current);

    /// <summary>A distribution with about this mean, to start from.</summary>
    internal abstract Duration WithMean(double mean);

    /// <summary>The number of coordinates of a distribution: of what is not on the edge of its range.</summary>
    internal abstract int CoordinateCount(Duration duration);

    /// <summary>Writes them.</summary>
    internal abstract void WriteCoordinates(Duration duration, Span<double> point);

    /// <summary>The distribution at a point; null where there is none.</summary>
    internal abstract Duration? ReadCoordinates(ReadOnlySpan<double> point, Duration like);

    private static int Longer(ReadOnlySpan<int> lengths)
    {
        int most = 0;
        foreach (int length in lengths)
        {
            most = Math.Max(most, length);
        }
        return most;
    }
}
