using Latent.Data;

namespace Latent.Regression;

/// <summary>A zero-inflated regression fitted to data, with everything the fit has to say of itself.</summary>
public sealed class ZeroInflatedRegressionFit : ZeroInflatedRegression
{
    private readonly Func<StandardErrorOptions?, CancellationToken, ParameterEstimates> _standardErrors;

    internal ZeroInflatedRegressionFit(
        RegressionDesign design, RegressionComponent count, double[] zero, EmResult result, ColumnSummary data, int freeParameters,
        Func<StandardErrorOptions?, CancellationToken, ParameterEstimates> standardErrors)
        : base(design, count, zero)
    {
        Result = result;
        Rows = data.Rows;
        Weight = data.Weight;
        FreeParameters = freeParameters;
        _standardErrors = standardErrors;
    }

    /// <summary>The engine's report.</summary>
    public EmResult Result { get; }

    /// <summary>Rows of the fit.</summary>
    public long Rows { get; }

    /// <summary>The sum of the rows' weights.</summary>
    public double Weight { get; }

    /// <summary>The total log-likelihood of the counts given the terms, in nats, weights included.</summary>
    public double LogLikelihood => Result.LogLikelihood;

    /// <summary>Free parameters p.</summary>
    public int FreeParameters { get; }

    /// <summary>Akaike's criterion −2ℓ + 2p; lower is better.</summary>
    public double Aic => -2 * LogLikelihood + 2 * FreeParameters;

    /// <summary>The Bayesian information criterion −2ℓ + p·ln n; lower is better.</summary>
    public double Bic => -2 * LogLikelihood + FreeParameters * Math.Log(Weight);

    /// <summary>Standard errors and confidence intervals of all coefficients, in the units of the data: <c>coefficient[1, x]</c>, <c>zero[z]</c>, <c>size[1]</c>.</summary>
    /// <param name="options">Settings; null for the defaults: observed information, 95 %.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    public ParameterEstimates StandardErrors(StandardErrorOptions? options = null, CancellationToken cancellation = default) => _standardErrors(options, cancellation);
}
