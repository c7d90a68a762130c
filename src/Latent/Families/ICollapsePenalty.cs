namespace Latent.Families;

/// <summary>
/// Optional ability of a family: how far a component has collapsed, so that of several starts a spurious maximum on a few rows does not
/// win for its likelihood alone. It ranks starts; the fit itself stays maximum likelihood.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface ICollapsePenalty<TComponent>
{
    /// <summary>
    /// A measure that is least where the component spreads as the data do and grows without bound as it collapses; for a Gaussian
    /// tr(S·Σ⁻¹) + log |Σ|, S the covariance of all rows [ChenTan2009].
    /// </summary>
    /// <param name="component">The component.</param>
    /// <param name="pooled">The component that all rows together would have.</param>
    double CollapsePenalty(TComponent component, TComponent pooled);

    /// <summary>
    /// How much narrower than the data a component is, in variance; for a Gaussian tr(S·Σ⁻¹)/d. NaN where a family cannot say.
    /// </summary>
    /// <param name="component">The component.</param>
    /// <param name="pooled">The component that all rows together would have.</param>
    double Narrowness(TComponent component, TComponent pooled) => double.NaN;
}
