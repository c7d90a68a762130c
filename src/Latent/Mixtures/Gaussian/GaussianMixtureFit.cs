using Latent.Data;
using Latent.Families;

namespace Latent.Mixtures;

/// <summary>A Gaussian mixture fitted to data, with everything the fit has to say of itself.</summary>
public sealed class GaussianMixtureFit : GaussianMixture, IMixtureFit
{
    private readonly IMixtureFit _fit;

    internal GaussianMixtureFit(CovarianceStructure structure, IMixtureFit fit, IReadOnlyList<Gaussian> components, long emptyRows = 0, TrimmedRows? trimmed = null)
        : base(structure, fit.Weights.AsSpan(), [.. components.Select(component => new Gaussian(component.Mean, component.Covariance.Matrix))], fit.ColumnNames, fit.NoiseWeight, fit.Noise, fit.EqualWeights)
    {
        _fit = fit;
        EmptyRows = emptyRows;
        Trimmed = trimmed ?? fit.Trimmed;
    }

    /// <summary>Rows in which nothing is observed. They say nothing of the parameters, and neither <see cref="Data"/> nor the criteria count them.</summary>
    public long EmptyRows { get; }

    /// <inheritdoc/>
    public TrimmedRows Trimmed { get; }

    /// <summary>The same fit with its rows by their places in a table of which they were some.</summary>
    internal GaussianMixtureFit In(int[]? places) => places is null ? this : new GaussianMixtureFit(Structure, _fit, Components, EmptyRows, Trimmed.In(places));

    /// <inheritdoc/>
    public EmResult Result => _fit.Result;

    /// <inheritdoc/>
    public ColumnSummary Data => _fit.Data;

    /// <summary>Whether the fit arrived at a stationary point.</summary>
    public bool Converged => Result.Converged;

    /// <inheritdoc/>
    public double LogLikelihood => _fit.LogLikelihood;

    /// <inheritdoc/>
    public double Entropy => _fit.Entropy;

    /// <inheritdoc/>
    public int FreeParameters => _fit.FreeParameters;

    /// <inheritdoc/>
    public double Aic => _fit.Aic;

    /// <inheritdoc/>
    public double Bic => _fit.Bic;

    /// <inheritdoc/>
    public double Icl => _fit.Icl;

    /// <inheritdoc/>
    public IReadOnlyList<AnnihilationStep> Annihilation => _fit.Annihilation;

    /// <inheritdoc/>
    public override ParameterEstimates StandardErrors(IRowSource rows, StandardErrorOptions? options = null, CancellationToken cancellation = default) =>
        _fit.StandardErrors(rows, options, cancellation);

    /// <inheritdoc/>
    public override BootstrapResult Bootstrap(IRowSource rows, BootstrapOptions? options = null, CancellationToken cancellation = default) =>
        _fit.Bootstrap(rows, options, cancellation);
}
