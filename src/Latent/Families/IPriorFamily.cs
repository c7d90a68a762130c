namespace Latent.Families;

/// <summary>
/// Optional ability of a family: its M-step maximises the likelihood times a prior. All components at once, since they may share parameters.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface IPriorFamily<TComponent>
{
    /// <summary>Whether there is a prior; without one the M-step is maximum likelihood.</summary>
    bool HasPrior { get; }

    /// <summary>The log-density of the prior at the components of one mixture, in nats and up to a constant; 0 without a prior.</summary>
    double LogPrior(ReadOnlySpan<TComponent> components);
}
