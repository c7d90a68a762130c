namespace Latent;

/// <summary>Settings of <see cref="Em.Accelerate(IEmMap, ReadOnlySpan{double}, AccelerationOptions?, CancellationToken)"/>.</summary>
public sealed record AccelerationOptions
{
    /// <summary>How passes are used; <see cref="SquaremAnderson"/> by default.</summary>
    public Accelerator Method { get; init; } = Accelerator.Default;

    /// <summary>When to stop; 10⁻⁶ nats still to gain by default.</summary>
    public StoppingRule Stopping { get; init; } = StoppingRule.RemainingGain();

    /// <summary>The most passes; 0 answers with the start.</summary>
    public int MaxPasses { get; init; } = 10_000;

    /// <summary>The most time, checked between passes; null for none.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>
    /// The loss of objective in a plain step, relative to max(1, |L|), that counts as rounding. A larger one is a
    /// <see cref="MonotonicityException"/>; +∞ for a map that does not ascend.
    /// </summary>
    public double DecreaseTolerance { get; init; } = 1e-10;

    /// <summary>Told of every pass; null for nobody.</summary>
    public IProgress<AccelerationProgress>? Progress { get; init; }
}
