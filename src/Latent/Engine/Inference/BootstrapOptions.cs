namespace Latent;

/// <summary>How a bootstrap is done.</summary>
public record BootstrapOptions
{
    /// <summary>Where the replicates come from. Default: rows drawn with replacement.</summary>
    public BootstrapKind Kind { get; init; } = BootstrapKind.Nonparametric;

    /// <summary>
    /// Replicates B. Default 999. The relative error of a standard error is 1/√(2B): 2.2 % for 999, 7 % for 100, which is enough without intervals.
    /// </summary>
    public int Replicates { get; init; } = 999;

    /// <summary>The seed. Replicate b depends on the seed and b alone, whatever the threads and the order.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The coverage of the percentile intervals, in (0, 1). Default 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Replicates that run at once; 0 (default): one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>When a replicate has converged. Default: 1e-4 nats to gain, a hundredth of a standard error.</summary>
    public StoppingRule Stopping { get; init; } = StoppingRule.RemainingGain(1e-4);

    /// <summary>The most iterations of one replicate. Default 10,000.</summary>
    public int MaxIterations { get; init; } = 10_000;

    internal BootstrapOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Replicates, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxIterations);
        ArgumentNullException.ThrowIfNull(Stopping);
        if (!(Confidence > 0 && Confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Confidence), Confidence, "Expected a confidence between 0 and 1, such as 0.95.");
        }
        return this;
    }
}

/// <summary>Where the data of a bootstrap's replicates come from.</summary>
public enum BootstrapKind
{
    /// <summary>As many rows drawn with replacement [Efron1979]: right also when the model is wrong. Rows of small components may be absent from a replicate.</summary>
    Nonparametric,

    /// <summary>
    /// All rows, with weights from a Dirichlet distribution (independent exponential ones scaled to the same sum) [Newton1994]: like
    /// <see cref="Nonparametric"/>, but no row is ever absent, so that small components survive.
    /// </summary>
    WeightedLikelihood,

    /// <summary>Rows drawn from the fitted model: right when the model is, also with few rows. Needs a model that can be drawn from.</summary>
    Parametric,
}
