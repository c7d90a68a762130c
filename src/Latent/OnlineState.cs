namespace Latent;

/// <summary>All that a stream has learnt: what <see cref="OnlineEm{TParameters, TChunk}"/> goes on from with the same bits.</summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
/// <param name="Parameters">The parameters, which are also the origin of both statistics.</param>
/// <param name="Statistic">The statistic ŝ per unit of mass.</param>
/// <param name="Average">The average of ŝ over its later part, per unit of mass.</param>
/// <param name="Steps">Batches so far.</param>
/// <param name="Mass">Data so far.</param>
/// <param name="Averaged">Statistics in the average.</param>
/// <param name="Foresight">The running mean log-likelihood per unit of mass of batches before they were learnt from; NaN before the first M-step.</param>
public sealed record OnlineState<TParameters>(
    TParameters Parameters, IReadOnlyList<double> Statistic, IReadOnlyList<double> Average, long Steps, double Mass, long Averaged, double Foresight);
