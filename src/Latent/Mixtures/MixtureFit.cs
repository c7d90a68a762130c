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

    /// <summary>The rows that were left out where <see cref="MixtureOptions{TComponent}.Trim"/> was asked for: likelihood, criteria and entropy are those of the others.</summary>
    public TrimmedRows Trimmed { get; internal init; } = TrimmedRows.None;

    /// <inheritdoc/>
    public IReadOnlyList<AnnihilationStep> Annihilation { get; internal init; } = [];

    /// <summary>Free parameters p.</summary>
    public int FreeParameters => Model.FreeParameters;

    /// <summary>Akaike's criterion −2ℓ + 2p; lower is better.</summary>
    public double Aic => -2 * Result.LogLikelihood + 2 * FreeParameters;

    /// <summary>The Bayesian information criterion −2ℓ + p·ln n, n the sum of the weights of rows that were not left out; lower is better.</summary>
    public double Bic => -2 * Result.LogLikelihood + FreeParameters * Math.Log(Data.Weight - Trimmed.Weight);

    /// <summary>The integrated completed likelihood criterion BIC + 2·entropy; lower is better.</summary>
    public double Icl => Bic + 2 * Entropy;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The family has no coordinates, or no scores although the method needs them, or rows were left out: see <see cref="Bootstrap"/>.</exception>
    public override ParameterEstimates StandardErrors(IRowSource rows, StandardErrorOptions? options = null, CancellationToken cancellation = default) =>
        // The curvature at the trimmed optimum knows nothing of the choice of rows, which moves with the parameters, and would promise too much.
        Trimmed.Weight > 0
            ? throw new NotSupportedException($"Expected a fit to all rows for these standard errors, found one that left out {Trimmed.Rows.Length} of them. Use a bootstrap, which chooses the rows anew in every replicate.")
            : base.StandardErrors(rows, options, cancellation);

    /// <inheritdoc/>
    /// <remarks>Where rows were left out, each replicate leaves out its own share: the intervals count the choice of rows in.</remarks>
    /// <exception cref="NotSupportedException">The bootstrap is parametric, and the family cannot be drawn from, or rows were left out, which draws would not have.</exception>
    public override BootstrapResult Bootstrap(IRowSource rows, BootstrapOptions? options = null, CancellationToken cancellation = default)
    {
        if (Trimmed.Weight == 0)
        {
            return base.Bootstrap(rows, options, cancellation);
        }
        ArgumentNullException.ThrowIfNull(rows);
        if (options?.Kind == BootstrapKind.Parametric)
        {
            throw new NotSupportedException("Expected a bootstrap of the rows for a fit that left out some of them, found a parametric one, whose draws have no outliers. Use the nonparametric or the weighted-likelihood bootstrap.");
        }
        return base.Bootstrap(rows.MissingCells > 0 ? IncompleteRows.Of(rows).Rows : rows, options, cancellation);
    }

    /// <summary>The same fit with its rows by their places in a table of which they were some.</summary>
    internal MixtureFit<TComponent> In(int[]? places) => new(Model, Parameters, Result, Data, Entropy) { Annihilation = Annihilation, Trimmed = Trimmed.In(places) };

    private protected override EmResult<Mixture<TComponent>> Refit(MixtureModel<TComponent> model, IRowSource replicate, EmOptions options, CancellationToken cancellation) => Trimmed.Weight == 0
        ? base.Refit(model, replicate, options, cancellation)
        : new Concentration<TComponent>(model, replicate, ColumnNames, Trimmed.Share, options, new Engine.Clock(options.TimeLimit)).Run(Parameters, options.MaxIterations, null, null, null, cancellation).Result;
}
