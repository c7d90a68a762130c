namespace Latent.Testing;

/// <summary>Data simulated from known parameters, and a start that is far from them.</summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
/// <typeparam name="TChunk">The model's chunk.</typeparam>
/// <param name="Truth">The parameters that made the data.</param>
/// <param name="Data">The data, in chunks.</param>
/// <param name="Start">Where the fit starts.</param>
/// <param name="FreeParameters">The dimension of the parameter space.</param>
public sealed record RecoveryCase<TParameters, TChunk>(TParameters Truth, IReadOnlyList<TChunk> Data, TParameters Start, int FreeParameters);
