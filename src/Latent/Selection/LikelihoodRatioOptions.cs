namespace Latent.Selection;

/// <summary>How a bootstrap likelihood-ratio test is made.</summary>
public sealed record LikelihoodRatioOptions
{
    /// <summary>The settings that a test has when none are given.</summary>
    public static LikelihoodRatioOptions Default { get; } = new();

    /// <summary>The most replicates. Default 999.</summary>
    public int Replicates { get; init; } = 999;

    /// <summary>
    /// The test ends when so many replicates have reached the observed statistic, since more would not make it significant [BesagClifford1991]: it takes about this number over p
    /// replicates. Default 10; 0 makes all.
    /// </summary>
    public int Exceedances { get; init; } = 10;

    /// <summary>The level at which a component more is taken: the p-value may be at most so large. Default 0.05.</summary>
    public double Level { get; init; } = 0.05;

    /// <summary>Starts of each fit to a replicate besides those from the observed fits. Default 3.</summary>
    public int Starts { get; init; } = 3;

    internal LikelihoodRatioOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Replicates);
        ArgumentOutOfRangeException.ThrowIfNegative(Exceedances);
        ArgumentOutOfRangeException.ThrowIfNegative(Starts);
        return Level is > 0 and < 1 ? this : throw new ArgumentOutOfRangeException(nameof(Level), Level, "Expected a level between 0 and 1, such as 0.05.");
    }
}
