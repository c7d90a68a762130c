using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.Markov;

/// <summary>Fits hidden Markov models.</summary>
public static class HiddenMarkovModel
{
    /// <summary>Fits a model with emissions of any family to sequences by Baum–Welch.</summary>
    /// <typeparam name="TComponent">The parameters of one state's emission.</typeparam>
    /// <param name="family">The family of the emissions.</param>
    /// <param name="sequences">The sequences. Steps without any observed cell are missing, which is exact; single missing cells where the family takes such.</param>
    /// <param name="states">S, the number of states.</param>
    /// <param name="options">How; null for the defaults: every transition is possible, a race of several starts, until 1e-6 nats remain.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">No observed step, cells that the family has no density for, weights that differ within a sequence, or options out of range.</exception>
    /// <exception cref="NumericalException">The data overflow, a sequence is impossible under the start that was given, or every start broke down.</exception>
    public static HiddenMarkovFit<TComponent> Fit<TComponent>(
        IFamily<TComponent, RowTile> family, SequenceSource sequences, int states, HiddenMarkovOptions<TComponent>? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        options = options ?? new HiddenMarkovOptions<TComponent>();
        options.Checked();
        HiddenMarkovModel<TComponent> model = new(family, states, sequences.Schema.Count, options.Structure, options.ChainPrior, options.Responsibilities) { Durations = options.Durations?.For(sequences), EmissionOf = options.EmissionOf, Covariates = CovariatesOf(sequences) };
        RowSource observed = SequenceChecks.Check(sequences, model);
        ColumnSummary summary = ColumnMoments.Summarize(observed, options);
        return new HiddenMarkovFitter<TComponent>(model, sequences, observed, summary, options).Fit(cancellation);
    }

    /// <summary>What transitions depend on: the covariates of the sequences.</summary>
    internal static TransitionCovariates? CovariatesOf(SequenceSource sequences) => sequences.Covariates is { } covariates ? TransitionCovariates.Of(covariates) : null;

    /// <summary>Fits a model with Gaussian emissions to sequences by Baum–Welch.</summary>
    /// <param name="sequences">The sequences. Steps and single cells may be missing (NaN): the likelihood is that of what was observed, exact where cells are missing at random.</param>
    /// <param name="states">S, the number of states.</param>
    /// <param name="options">How; null for the defaults: full covariances, every transition is possible, a race of several starts, until 1e-6 nats remain.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <inheritdoc cref="Fit{TComponent}(IFamily{TComponent, RowTile}, SequenceSource, int, HiddenMarkovOptions{TComponent}?, CancellationToken)"/>
    public static HiddenMarkovFit FitGaussian(SequenceSource sequences, int states, GaussianHiddenMarkovOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        options ??= new GaussianHiddenMarkovOptions();
        return GaussianEmissions.Of(options.Covariance, sequences.HasIncompleteSteps).Fit(sequences, states, options, cancellation);
    }

    /// <summary>Fits a model whose states each emit from a mixture of Gaussians.</summary>
    /// <param name="sequences">The sequences. Steps may be missing; single cells where the covariances are without correlations.</param>
    /// <param name="states">S, the number of states.</param>
    /// <param name="parts">M, the number of Gaussians of each state.</param>
    /// <param name="options">How; null for the defaults. Covariances are of any structure but tied; what they share, the parts of one state share.</param>
    /// <param name="start">Parameters to start from; null: a race.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <inheritdoc cref="Fit{TComponent}(IFamily{TComponent, RowTile}, SequenceSource, int, HiddenMarkovOptions{TComponent}?, CancellationToken)"/>
    public static HiddenMarkovFit FitGaussianMixture(
        SequenceSource sequences, int states, int parts, GaussianHiddenMarkovOptions? options = null, HiddenMarkov<Mixture<Gaussian>>? start = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        options ??= new GaussianHiddenMarkovOptions();
        bool incomplete = sequences.HasIncompleteSteps && options.Covariance.Decomposition().IsDiagonal;
        return GaussianEmissions.Of(options.Covariance, incomplete).FitMixtures(sequences, states, parts, options, start, cancellation);
    }
}
