namespace Latent;

/// <summary>How parameters are improved: by whole passes over the data, or from the first few thousand rows on.</summary>
public abstract record EmAlgorithm
{
    private protected EmAlgorithm()
    {
    }

    /// <summary>Batch EM: one M-step, or accelerated step, per pass. The default, and the best where a pass is cheap.</summary>
    public static EmAlgorithm Batch { get; } = new BatchEm();

    internal abstract EmAlgorithm Checked();

    private sealed record BatchEm : EmAlgorithm
    {
        internal override EmAlgorithm Checked() => this;
    }
}

/// <summary>
/// Stepwise (online) EM [CappeMoulines2009]: an M-step after every few thousand rows, from a statistic that forgets what was seen under old parameters,
/// ŝ ← (1 − γₜ)ŝ + γₜs̄ with γₜ = (t + 2)^−0.6, averaged over its later part. Its epochs come before batch EM, which polishes what they found and certifies it.
/// </summary>
/// <remarks>Rows should come in no particular order: batches are drawn from all over the data in pieces of 512 rows, the same pieces for the same seed.</remarks>
public sealed record StepwiseEm : EmAlgorithm
{
    /// <summary>Rows per M-step (weights, steps of sequences or words for other models), at least. Default 4,096.</summary>
    public int BatchSize { get; init; } = 4096;

    /// <summary>Passes over the data before batch EM. Default 1.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>α of γₜ = (t + 2)^−α, in (½, 1]. Default 0.6.</summary>
    public double Exponent { get; init; } = 0.6;

    /// <summary>
    /// Whether steps follow whose gradient comes from a pass over all data and whose curvature from a sample of up to 80 rows per coordinate, which sweeps of its own cost little, corrected by the
    /// gradients of the steps before: they mend what an epoch leaves where EM is slow, and certify it under a rule of remaining gain. Default true; where the data are fewer than 160 rows per coordinate,
    /// or the model knows no gradient (mixtures of other families than the Gaussian), there are none and batch EM goes on. [ShamirSrebroZhang2014; JordanLeeYang2019]
    /// </summary>
    public bool Polish { get; init; } = true;

    internal override EmAlgorithm Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Epochs);
        CheckExponent(Exponent);
        return this;
    }

    internal static void CheckExponent(double exponent)
    {
        if (!(exponent is > 0.5 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(exponent), exponent, "Expected an exponent in (0.5, 1].");
        }
    }
}

/// <summary>
/// Incremental EM [NealHinton1998]: an M-step after every block, whose old statistic is replaced by its new one, so that the bound on the
/// likelihood never falls. Keeps one statistic per block. Its epochs come before batch EM, which polishes what they found and certifies it.
/// </summary>
public sealed record IncrementalEm : EmAlgorithm
{
    /// <summary>Rows per M-step (weights, steps of sequences or words for other models), at least; more where <see cref="Memory"/> asks for it. Default 4,096.</summary>
    public int BatchSize { get; init; } = 4096;

    /// <summary>Passes over the data before batch EM, the first of which fills the blocks. Default 2.</summary>
    public int Epochs { get; init; } = 2;

    /// <summary>The most bytes of stored statistics. Default 256 MB.</summary>
    public long Memory { get; init; } = 256_000_000;

    internal override EmAlgorithm Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Epochs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Memory);
        return this;
    }
}
