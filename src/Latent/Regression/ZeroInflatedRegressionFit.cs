using Latent.Data;

namespace Latent.Regression;

/// <summary>A zero-inflated regression fitted to data, with everything the fit has to say of itself.</summary>
public sealed class ZeroInflatedRegressionFit : ZeroInflatedRegression, ILikelihoodFit
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

    /// <inheritdoc/>
    public EmResult Result { get; }

    /// <inheritdoc/>
    public long Rows { get; }

    /// <inheritdoc/>
    public double Weight { get; }

    /// <inheritdoc/>
    public int FreeParameters { get; }

    /// <summary>Standard errors and confidence intervals of all coefficients, in the units of the data: <c>coefficient[1, x]</c>, <c>zero[z]</c>, <c>size[1]</c>.</summary>
    /// <param name="options">Settings; null for the defaults: observed information, 95 %.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    public ParameterEstimates StandardErrors(StandardErrorOptions? options = null, CancellationToken cancellation = default) => _standardErrors(options, cancellation);
}
