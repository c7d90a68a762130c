using MathNet.Numerics;

namespace Latent;

/// <summary>One parameter with its uncertainty.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">
/// The standard error on the parameter's own scale; NaN where the data do not determine the parameter, or it has none (<paramref name="Note"/> says why).
/// </param>
/// <param name="Lower">The lower end of the confidence interval; NaN without a standard error.</param>
/// <param name="Upper">The upper end of the confidence interval; NaN without a standard error.</param>
/// <param name="MissingInformation">
/// The share of the parameter's variance that is due to what is hidden, 1 − (complete-data variance)/(observed-data variance); NaN where it was not asked for.
/// </param>
/// <param name="ErrorEstimate">The relative error of the standard error itself: numerical, or Monte Carlo for a bootstrap.</param>
/// <param name="Note">Why there is no standard error, or what is special; null in the ordinary case.</param>
public readonly record struct ParameterEstimate(
    string Name, double Value, double StandardError, double Lower, double Upper, double MissingInformation, double ErrorEstimate, string? Note)
{
    /// <summary>The two-sided p-value of Wald's test that the parameter is 0: 2Φ(−|value|/standard error). Of use for effects, such as coefficients; NaN without a standard error.</summary>
    public double PValue => SpecialFunctions.Erfc(Math.Abs(Value) / StandardError / Constants.Sqrt2);
}

/// <summary>A direction of the parameter space along which the objective does not fall: the data say nothing about it, or the estimate is no maximum.</summary>
/// <param name="Curvature">
/// The information in this direction relative to what one observation tells of a well-determined parameter: about 0, or negative where the objective still rises.
/// </param>
/// <param name="Loadings">The parameters that move along it, strongest first, each with its share of the strongest movement (signed).</param>
public sealed record UnidentifiedDirection(double Curvature, IReadOnlyList<(string Name, double Loading)> Loadings)
{
    /// <summary>The direction in words.</summary>
    public override string ToString() => (Curvature < 0 ? "the objective rises along " : "the data do not determine ")
        + string.Join(", ", Loadings.Select(loading => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{loading.Name} ({loading.Loading:+0.00;-0.00})")));
}
