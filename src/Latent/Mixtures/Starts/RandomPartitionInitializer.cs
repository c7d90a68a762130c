using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>
/// Responsibilities drawn from Dirichlet(1, …, 1), row by row: all components begin close to the data's own centre. Slow at first, and at
/// its best where components overlap.
/// </summary>
public sealed record RandomPartitionInitializer : MixtureInitializer
{
    /// <inheritdoc/>
    public override string Name => "partition";

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) =>
        context.FromAssignment(new RandomResponsibilities(context.Random.NextUInt64(), context.Model.Components));
}
