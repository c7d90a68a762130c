namespace Latent.Mixtures;

/// <summary>Greedy k-means++ [Arthur2007] and a few iterations of Lloyd's algorithm; the partition by nearest centre makes the start.</summary>
/// <param name="Iterations">The most iterations of Lloyd's algorithm. Default 10.</param>
public sealed record PlusPlusInitializer(int Iterations = 10) : MixtureInitializer
{
    /// <summary>The most iterations of Lloyd's algorithm.</summary>
    public int Iterations { get; } = Iterations >= 0 ? Iterations : throw new ArgumentOutOfRangeException(nameof(Iterations), Iterations, "Expected zero iterations or more.");

    /// <inheritdoc/>
    public override string Name => "kmeans++";

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) =>
        context.FromCentres(context.KMeansCentres(Iterations));
}
