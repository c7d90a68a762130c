namespace Latent.Families;

/// <summary>
/// Optional ability of a family: statistics collected under different components can be put together, which gives every mixture of it stepwise and
/// incremental EM. A family whose statistic has no origin names the interface and adds nothing.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface IStepwiseFamily<TComponent>
{
    /// <summary>Moves statistics to another origin: those of all components one after another, and that of the rows where the family has one (<see cref="ITileTransform{TComponent}"/>).</summary>
    /// <param name="statistics">The statistics, changed in place.</param>
    /// <param name="from">The components under which they were collected.</param>
    /// <param name="to">The components that are to be current in the M-step.</param>
    void MoveOrigin(Span<double> statistics, ReadOnlySpan<TComponent> from, ReadOnlySpan<TComponent> to)
    {
    }
}
