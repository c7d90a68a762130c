namespace Latent;

/// <summary>
/// A model that expectation-maximization can fit: an E-step that adds expected sufficient statistics, and an
/// M-step that turns their sum into parameters. Everything else (threads, starts, stopping, acceleration,
/// checkpoints) is the engine's.
/// </summary>
/// <typeparam name="TParameters">An immutable value: parameters that exist are valid and hold what they derive.</typeparam>
/// <typeparam name="TChunk">A chunk of data: the unit of reduction.</typeparam>
public interface IEmModel<TParameters, in TChunk>
{
    /// <summary>The number of doubles in the expected sufficient statistic.</summary>
    int StatisticLength { get; }

    /// <summary>
    /// The E-step on one chunk: <b>adds</b> the expected complete-data sufficient statistic under
    /// <paramref name="parameters"/> to <paramref name="statistic"/>.
    /// </summary>
    /// <param name="parameters">The current parameters θ.</param>
    /// <param name="chunk">The data of this chunk. An empty chunk adds nothing and returns 0.</param>
    /// <param name="statistic">The sum so far, of length <see cref="StatisticLength"/>.</param>
    /// <returns>The chunk's share of the observed-data log-likelihood at θ, in nats (weights included).</returns>
    /// <remarks>Called from many threads at once. Draws no random numbers and keeps no state between calls.</remarks>
    double Expect(TParameters parameters, TChunk chunk, Span<double> statistic);

    /// <summary>The M-step: the parameters that maximise the expected complete-data log-likelihood plus the log-prior.</summary>
    /// <returns>The new parameters; <paramref name="current"/> itself (the same reference) says that nothing moves, and the fit is stationary.</returns>
    /// <param name="statistic">The statistic summed over all chunks, as <see cref="Expect"/> left it.</param>
    /// <param name="current">The parameters under which it was collected: also the origin of its moments.</param>
    TParameters Maximize(ReadOnlySpan<double> statistic, TParameters current);

    /// <summary>The log-density of the prior at <paramref name="parameters"/>, in nats; 0 without a prior.</summary>
    double LogPrior(TParameters parameters) => 0;
}
