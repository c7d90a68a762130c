namespace Latent.Mixtures;

/// <summary>Distinct rows drawn at random as centres; the partition by nearest centre makes the start.</summary>
public sealed record RandomCentresInitializer : MixtureInitializer
{
    /// <inheritdoc/>
    public override string Name => "random";

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) =>
        context.FromCentres(context.DrawRows(context.Model.Components));
}
