using Latent.Data;
using Latent.Regression;

namespace Latent.Markov;

/// <summary>
/// Regressions whose coefficients change with a hidden Markov chain, yₜ | xₜ, zₜ = s ~ f(y; xₜᵀβₛ): Markov-switching regression, and with lagged responses among the terms
/// the switching autoregression of [Hamilton1989].
/// </summary>
public static class MarkovRegression
{
    /// <summary>Fits a regression per state, and the chain, to sequences by Baum–Welch.</summary>
    /// <param name="sequences">Steps with the columns that the formula names. A step without a response is missing; no other cell may be.</param>
    /// <param name="formula">The response and its terms as in R, such as <c>y ~ 1 + x</c>.</param>
    /// <param name="states">S, the number of states.</param>
    /// <param name="response">What the response is like; null: Gaussian.</param>
    /// <param name="options">How; null for the defaults. A start (<see cref="HiddenMarkovOptions{TComponent}.Start"/>) has coefficients of the terms as they are in the data.</param>
    /// <param name="lags">p: the responses of the p steps before are terms too; the first p steps of each sequence are what the others are given.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="FormatException">The formula makes no sense.</exception>
    /// <exception cref="ArgumentException">A column is missing, a response impossible, a term not finite or a combination of others, or the options do not fit.</exception>
    /// <exception cref="NumericalException">The data overflow, or every start broke down.</exception>
    public static MarkovRegressionFit Fit(
        SequenceSource sequences,
        string formula,
        int states,
        ResponseFamily? response = null,
        HiddenMarkovOptions<RegressionComponent>? options = null,
        int lags = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return Fit(sequences, new MarkovRegressionDesign(ModelFormula.Parse(formula), lags, response ?? ResponseFamily.Gaussian, sequences.Schema), states, options, cancellation);
    }

    /// <summary>Fits a regression per state of a formula that has been made concrete already.</summary>
    /// <param name="sequences">Steps with the columns of the formula.</param>
    /// <param name="design">The formula.</param>
    /// <param name="states">S, the number of states.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <inheritdoc cref="Fit(SequenceSource, string, int, ResponseFamily?, HiddenMarkovOptions{RegressionComponent}?, int, CancellationToken)"/>
    public static MarkovRegressionFit Fit(
        SequenceSource sequences, MarkovRegressionDesign design, int states, HiddenMarkovOptions<RegressionComponent>? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(design);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(states);
        options ??= new HiddenMarkovOptions<RegressionComponent>();
        RowSource table = design.WithLags(sequences);
        // Over all steps first, so that messages count them.
        RowBuilder rows = design.Rows(table);
        RegressionFitter fitter = new(design.Design, design.Observed(table), states, new RegressionMixtureOptions { Threads = options.Threads });
        SequenceSource steps = MarkovRegressionDesign.Like(sequences, fitter.Standardize(rows));
        options = options with
        {
            Initializers = options.Initializers ?? RegressionFitter.Initializers,
            Start = options.Start is { } start
                ? new HiddenMarkov<RegressionComponent>(start.Initial.AsSpan(), start.Transition.AsSpan(), fitter.Standard(start.Emissions), start.Durations.AsSpan()) { Logits = start.Logits }
                : null,
        };
        HiddenMarkovFit<RegressionComponent> fit = HiddenMarkovModel.Fit(fitter.Family(), steps, states, options, cancellation);
        return new MarkovRegressionFit(design, fit, fitter.Original(fit.Parameters.Emissions), steps);
    }
}
