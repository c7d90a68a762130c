namespace Latent.Numerics;

/// <summary>A <see cref="RandomGenerator"/> as the runtime's <see cref="Random"/>, for samplers that ask for one.</summary>
internal sealed class SystemRandom(RandomGenerator generator) : Random
{
    /// <inheritdoc/>
    public override double NextDouble() => generator.NextDouble();

    /// <inheritdoc/>
    public override int Next(int maxValue) => maxValue <= 1 ? 0 : (int)generator.NextInt64(maxValue);

    /// <inheritdoc/>
    public override int Next() => (int)generator.NextInt64(int.MaxValue);

    /// <inheritdoc/>
    protected override double Sample() => generator.NextDouble();
}
