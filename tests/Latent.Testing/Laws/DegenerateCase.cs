namespace Latent.Testing;

/// <summary>Data that no model fits well: few, equal, extreme, missing.</summary>
/// <typeparam name="TChunk">The model's chunk.</typeparam>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Data">The data, in chunks.</param>
public sealed record DegenerateCase<TChunk>(string Name, IReadOnlyList<TChunk> Data);
