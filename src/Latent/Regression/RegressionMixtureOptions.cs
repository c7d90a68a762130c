using Latent.Mixtures;

namespace Latent.Regression;

/// <summary>How a mixture of regressions is fitted.</summary>
public sealed record RegressionMixtureOptions : MixtureOptions<RegressionComponent>
{
    /// <summary>What the response is like. Default: Gaussian.</summary>
    public ResponseFamily Family { get; init; } = ResponseFamily.Gaussian;

    /// <summary>What the weights of the components depend on, such as <c>~ z</c>; null (default): nothing.</summary>
    public string? Concomitant { get; init; }

    /// <summary>
    /// The group of each row, any numbers: rows of one group share their component, as repeated measures of one person do. Null (default): each row is a group of its own. Weights are then the groups':
    /// that of a group's first row.
    /// </summary>
    public IReadOnlyList<int>? Groups { get; init; }

    /// <summary>The least residual variance of a component, as a share of the residual variance of one regression for all rows. Default 1e-6.</summary>
    public double VarianceFloor { get; init; } = 1e-6;
}
