namespace Latent;

/// <summary>
/// Optional ability of a model: the names and values of the parameters that people read (weights, means, variances, rates),
/// as functions of the model's parameters. Gives its standard errors by the delta method.
/// </summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
public interface INaturalParameters<TParameters>
{
    /// <summary>The natural parameters in order. Their number depends on the structure of <paramref name="parameters"/> alone, never on its values.</summary>
    IReadOnlyList<NaturalParameter> NaturalParameters(TParameters parameters);

    /// <summary>Writes the values, as many as <see cref="NaturalParameters"/> names.</summary>
    void WriteNaturalParameters(TParameters parameters, Span<double> values);
}

/// <summary>A parameter as people read it.</summary>
/// <param name="Name">A name that no other parameter of the model has, such as <c>mean[1, waiting]</c>.</param>
/// <param name="Scale">The scale on which its confidence interval is symmetric.</param>
public readonly record struct NaturalParameter(string Name, ParameterScale Scale = ParameterScale.Identity);

/// <summary>The scale on which an estimate is taken as normal, and on which its interval is symmetric before it is mapped back.</summary>
public enum ParameterScale
{
    /// <summary>The parameter as it is: means, covariances, coefficients.</summary>
    Identity,

    /// <summary>Its natural logarithm, for positive parameters: the interval stays positive.</summary>
    Log,

    /// <summary>log(p/(1−p)), for probabilities and weights: the interval stays in (0, 1).</summary>
    Logit,

    /// <summary>Fisher's artanh r, for correlations: the interval stays in (−1, 1).</summary>
    FisherZ,
}
