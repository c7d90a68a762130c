using Latent.Data;
using Latent.Mixtures;

namespace Latent.Regression;

/// <summary>A mixture of regressions fitted to data, with everything the fit has to say of itself.</summary>
public sealed class RegressionMixtureFit : RegressionMixture, ILikelihoodFit
{
    private readonly Func<StandardErrorOptions?, CancellationToken, ParameterEstimates> _standardErrors;

    internal RegressionMixtureFit(
        RegressionDesign design, IReadOnlyList<RegressionComponent> components, double[] gate, EmResult result, ColumnSummary data, int freeParameters, double entropy,
        Func<StandardErrorOptions?, CancellationToken, ParameterEstimates> standardErrors)
        : base(design, components, gate)
    {
        Result = result;
        Rows = data.Rows;
        Weight = data.Weight;
        FreeParameters = freeParameters;
        Entropy = entropy;
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

    /// <summary>The solutions on the way down where <see cref="MixtureOptions{TComponent}.Annihilate"/> was asked for, from many components to one; else empty.</summary>
    public IReadOnlyList<AnnihilationStep> Annihilation { get; internal init; } = [];

    /// <summary>Entropy of the posteriors, in nats.</summary>
    public double Entropy { get; }

    /// <summary>The integrated completed likelihood criterion BIC + 2·entropy; lower is better.</summary>
    public double Icl => this.Bic + 2 * Entropy;

    /// <summary>Standard errors and confidence intervals of all coefficients, in the units of the data.</summary>
    /// <param name="options">Settings; null for the defaults: observed information, 95 %.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    public ParameterEstimates StandardErrors(StandardErrorOptions? options = null, CancellationToken cancellation = default) => _standardErrors(options, cancellation);
}
