namespace Latent.Nonparametric;

/// <summary>A nonparametric estimate with the report of its fit.</summary>
public sealed class TurnbullFit
{
    private const double Negligible = 1e-9;

    internal TurnbullFit(CensoredIntervals intervals, IntervalMasses masses, EmResult result)
    {
        int[] kept = [.. Enumerable.Range(0, intervals.Count).Where(j => masses.Masses[j] > Negligible)];
        double sum = kept.Sum(j => masses.Masses[j]);
        Estimate = new TurnbullEstimate([.. kept.Select(j => intervals.Left[j])], [.. kept.Select(j => intervals.Right[j])], [.. kept.Select(j => masses.Masses[j] / sum)]);
        Innermost = intervals;
        Result = result;
    }

    /// <summary>The intervals that have mass.</summary>
    public TurnbullEstimate Estimate { get; }

    /// <summary>All intervals that could have had some.</summary>
    public CensoredIntervals Innermost { get; }

    /// <summary>
    /// The engine's report. Its remaining gain is no estimate but a bound: by concavity the maximum exceeds the objective by at most maxⱼ ∂ℓ/∂pⱼ − n [Lindsay1983].
    /// </summary>
    public EmResult Result { get; }

    /// <summary>The total log-likelihood Σ w·log P((left, right]), in nats.</summary>
    public double LogLikelihood => Result.LogLikelihood;

    /// <summary>Free parameters: intervals with mass, less one.</summary>
    public int FreeParameters => Estimate.Masses.Length - 1;
}
