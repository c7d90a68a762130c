namespace Latent.Incomplete;

/// <summary>How missing cells are imputed.</summary>
public sealed record ImputationOptions
{
    /// <summary>How many completed tables there are to be. Default 5; 20 or more give intervals that depend less on the seed where much is missing.</summary>
    public int Imputations { get; init; } = 5;

    /// <summary>Where each imputation's parameters come from. Default: a bootstrap.</summary>
    public ImputationMethod Method { get; init; } = ImputationMethod.Bootstrap;

    /// <summary>The seed: the same one gives the same bits, whatever the number of threads.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps of data augmentation before a posterior draw is used. Default 100: enough where less than nine tenths of the information are missing.</summary>
    public int BurnIn { get; init; } = 100;

    /// <summary>
    /// Bounds of imputed cells by column: draws outside are drawn again, up to 100 times, then moved to the bound. Observed cells are never touched. Bounds
    /// that cut off much of a column's distribution are a sign that a normal distribution does not suit it: take its logarithm instead.
    /// </summary>
    public IReadOnlyDictionary<string, ImputationBounds> Bounds { get; init; } = new Dictionary<string, ImputationBounds>();

    /// <summary>Columns whose imputed cells are rounded to whole numbers. For show: rounding biases what is computed of them.</summary>
    public IReadOnlyList<string> WholeNumbers { get; init; } = [];

    /// <summary>Threads to use; 0 (default) uses every processor. The result has the same bits whatever the number.</summary>
    public int Threads { get; init; }

    internal ImputationOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Imputations);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BurnIn);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        return this;
    }
}

/// <summary>Where an imputation's parameters come from, so that they are as uncertain as the data leave them.</summary>
public enum ImputationMethod
{
    /// <summary>The model is refitted to rows drawn with replacement, from the estimate on: EM with bootstrap [HonakerKing2010].</summary>
    Bootstrap,

    /// <summary>The parameters are drawn from their posterior by data augmentation: cells given parameters, parameters given cells, by turns [TannerWong1987].</summary>
    PosteriorDraws,
}

/// <summary>The values that imputed cells of a column may have.</summary>
/// <param name="Lower">The least, or −∞.</param>
/// <param name="Upper">The greatest, or +∞.</param>
public readonly record struct ImputationBounds(double Lower = double.NegativeInfinity, double Upper = double.PositiveInfinity);
