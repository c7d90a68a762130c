using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>
/// One of the cuts of <see cref="SplitInitializer"/> as a start that competes with others: the solution with one component less, its component of the given place in the order of promise cut
/// in two.
/// </summary>
/// <param name="Place">0 for the most promising component.</param>
internal sealed record CutInitializer(int Place) : MixtureInitializer
{
    /// <summary>What reports call it.</summary>
    public const string Origin = "cut";

    /// <inheritdoc/>
    public override string Name => Origin;

    /// <inheritdoc/>
    public override bool IsDeterministic => true;

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context)
    {
        (Mixture<TComponent> parent, Cut[] cuts) = context.Cuts();
        return Place < cuts.Length
            ? context.FromCut(parent, cuts[Place])
            : throw new DegenerateStartException($"Expected more than {Place} components that can be cut, found {cuts.Length}.");
    }
}
