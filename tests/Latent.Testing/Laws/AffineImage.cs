namespace Latent.Testing;

/// <summary>A change of origin and units under which a model's answer must change in a known way.</summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
/// <typeparam name="TChunk">The model's chunk.</typeparam>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Data">Maps the data.</param>
/// <param name="Forward">Maps parameters of the data to those of the image.</param>
/// <param name="Back">The inverse of <paramref name="Forward"/>.</param>
/// <param name="LogJacobian">What the image's log-likelihood loses: ln |dy/dx| summed over the observations of the original chunk.</param>
/// <param name="Tolerance">Relative tolerance of the parameters mapped back: the image's own rounding included.</param>
public sealed record AffineImage<TParameters, TChunk>(
    string Name,
    Func<TChunk, TChunk> Data,
    Func<TParameters, TParameters> Forward,
    Func<TParameters, TParameters> Back,
    Func<TChunk, double> LogJacobian,
    double Tolerance = 1e-9);
