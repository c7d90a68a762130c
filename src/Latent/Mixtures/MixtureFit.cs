using Latent.Data;

namespace Latent.Mixtures;

/// <summary>A mixture fitted to data, with everything the fit has to say of itself.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public sealed class MixtureFit<TComponent> : FittedMixture<TComponent>, IMixtureFit
{
    internal MixtureFit(
        MixtureModel<TComponent> model, Mixture<TComponent> parameters, EmResult<Mixture<TComponent>> result, ColumnSummary data, double entropy)
        : base(model, parameters, data.Names)
    {
        Result = result;
        Data = data;
        Entropy = entropy;
    }

    /// <summary>The engine's report; its parameters are those of this fit.</summary>
    public EmResult<Mixture<TComponent>> Result { get; }

    EmResult IMixtureFit.Result => Result;

    /// <summary>What the data were: rows, weight, column means and variances.</summary>
    public ColumnSummary Data { get; }

    /// <summary>The total log-likelihood, in nats, weights included.</summary>
    public double LogLikelihood => Result.LogLikelihood;

    /// <summary>Whether the fit arrived at a stationary point.</summary>
    public bool Converged => Result.Converged;

    /// <summary>Entropy of the posteriors, −Σ w Σₖ r log r in nats: 0 when every row is certain of its component.</summary>
    public double Entropy { get; }

    /// <inheritdoc/>
    public IReadOnlyList<AnnihilationStep> Annihilation { get; internal init; } = [];

    /// <summary>Free parameters p.</summary>
    public int FreeParameters => Model.FreeParameters;

    /// <summary>Akaike's criterion −2ℓ + 2p; lower is better.</summary>
    public double Aic => -2 * Result.LogLikelihood + 2 * FreeParameters;

    /// <summary>The Bayesian information criterion −2ℓ + p·ln n, n the sum of row weights; lower is better.</summary>
    public double Bic => -2 * Result.LogLikelihood + FreeParameters * Math.Log(Data.Weight);

    /// <summary>The integrated completed likelihood criterion BIC + 2·entropy; lower is better.</summary>
    public double Icl => Bic + 2 * Entropy;
}
