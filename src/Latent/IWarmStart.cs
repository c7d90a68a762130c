namespace Latent;

/// <summary>
/// Optional ability of a model whose E-step is itself an ascent (the variational parameters of documents, say): to start it where the last sweep left it. The engine owns
/// the memory, one block per chunk and start, so that the model itself stays without state.
/// </summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
/// <typeparam name="TChunk">The model's chunk.</typeparam>
/// <remarks>
/// An E-step from scratch may end in a worse local optimum than the last one did, and lower the objective; one that starts where the last one stopped never
/// does, however early it is cut short, but clings to what it has. The engine takes the first while that gains, and goes on with the second to the end.
/// </remarks>
public interface IWarmStart<TParameters, in TChunk> : IEmModel<TParameters, TChunk>
{
    /// <summary>The number of doubles kept for a chunk.</summary>
    int StateLength(TChunk chunk);

    /// <summary>The E-step on one chunk, as <see cref="IEmModel{TParameters, TChunk}.Expect"/>, from what the last sweep has left.</summary>
    /// <param name="parameters">The current parameters θ.</param>
    /// <param name="chunk">The data of this chunk.</param>
    /// <param name="statistic">The sum so far.</param>
    /// <param name="state">What the last sweep of this chunk left here: zeros at first. Called from one thread at a time for each chunk.</param>
    /// <returns>The chunk's share of the objective.</returns>
    double Expect(TParameters parameters, TChunk chunk, Span<double> statistic, Span<double> state);
}
