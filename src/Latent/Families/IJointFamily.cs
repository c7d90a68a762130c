namespace Latent.Families;

/// <summary>
/// Optional ability of a family: the components of one mixture are estimated together, because they share parameters
/// (a tied covariance) or a constraint.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface IJointFamily<TComponent>
{
    /// <summary>The maximum-likelihood components, given all their statistics one after another.</summary>
    TComponent[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<TComponent> current);

    /// <summary>The number of free parameters of <paramref name="components"/> components together, mixing weights not counted.</summary>
    int FreeParametersOf(int components);
}
