namespace Latent;

/// <summary>
/// A component density: usable in any mixture, as any emission of a hidden Markov model, in any classifier.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component, immutable and valid.</typeparam>
/// <typeparam name="TRows">The tile of rows it reads, such as <see cref="Data.RowTile"/>.</typeparam>
/// <remarks>
/// All spans over rows have the tile's padded length (a multiple of 8); rows past the tile's count repeat a real row
/// and carry weight zero, so that a family never needs to branch on the count.
/// </remarks>
public interface IFamily<TComponent, in TRows>
{
    /// <summary>The number of doubles in the sufficient statistic of one component.</summary>
    int StatisticLength { get; }

    /// <summary>The number of free parameters of one component.</summary>
    int FreeParameters { get; }

    /// <summary>
    /// Doubles of scratch per component and tile: <see cref="LogDensity"/> fills it and <see cref="Accumulate"/> reads it back.
    /// </summary>
    /// <param name="rows">The tile's capacity in rows.</param>
    int ScratchLength(int rows) => 0;

    /// <summary>Writes the log-density (nats) of every row of the tile under the component.</summary>
    void LogDensity(TComponent component, TRows tile, Span<double> scratch, Span<double> logDensity);

    /// <summary>Adds the rows' sufficient statistics, each times its weight, to <paramref name="statistic"/>.</summary>
    /// <param name="current">The component under which <paramref name="scratch"/> was filled: the origin of the moments.</param>
    /// <param name="tile">The rows.</param>
    /// <param name="scratch">What <see cref="LogDensity"/> left.</param>
    /// <param name="weights">Responsibility times row weight, one per row, none negative.</param>
    /// <param name="statistic">The sum so far, of length <see cref="StatisticLength"/>.</param>
    void Accumulate(TComponent current, TRows tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic);

    /// <summary>The maximum-likelihood (or maximum a posteriori) component of a statistic collected under <paramref name="current"/>.</summary>
    TComponent Estimate(ReadOnlySpan<double> statistic, TComponent current);
}
