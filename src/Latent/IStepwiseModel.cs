namespace Latent;

/// <summary>
/// Optional ability of a model: its statistics under different parameters can be put together, which is what stepwise and incremental EM do. Most models need
/// <see cref="Mass"/> alone.
/// </summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
/// <typeparam name="TChunk">A chunk of data.</typeparam>
public interface IStepwiseModel<TParameters, in TChunk> : IEmModel<TParameters, TChunk>
{
    /// <summary>How much data a chunk holds, in the unit in which its statistic grows: the sum of row weights, the steps of sequences, the words of documents.</summary>
    double Mass(TChunk chunk);

    /// <summary>
    /// Turns a statistic that was collected under <paramref name="from"/> into the one that the same responsibilities would have left under <paramref name="to"/>. A model
    /// whose moments are about its current parameters moves them; one whose statistic has no origin does nothing.
    /// </summary>
    /// <param name="statistic">The statistic, changed in place; it is linear in what this does.</param>
    /// <param name="from">The parameters under which it was collected.</param>
    /// <param name="to">The parameters that are to be current in <see cref="IEmModel{TParameters, TChunk}.Maximize"/>.</param>
    /// <exception cref="NotSupportedException">The model's statistics cannot be moved.</exception>
    void MoveOrigin(Span<double> statistic, TParameters from, TParameters to)
    {
    }
}
