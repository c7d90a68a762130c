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
    /// <param name="sequences">Steps with the columns that the formula names; no cell of theirs may be missing. A lagged response is a column of its own, without the steps that have none.</param>
    /// <param name="formula">The response and its terms as in R, such as <c>y ~ 1 + x</c> or <c>y ~ y1</c> with y1 the response of the step before.</param>
    /// <param name="states">S, the number of states.</param>
    /// <param name="response">What the response is like; null: Gaussian.</param>
    /// <param name="options">How; null for the defaults. A start (<see cref="HiddenMarkovOptions{TComponent}.Start"/>) has coefficients of the terms in standard units: leave it out.</param>
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
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(states);
        options ??= new HiddenMarkovOptions<RegressionComponent>();
        if (options.Start is not null)
        {
            throw new ArgumentException("Expected no start for regressions of a Markov chain, found one. Leave Start out, or give known states as labels.", nameof(options));
        }
        RegressionDesign design = new(ModelFormula.Parse(formula), null, response ?? ResponseFamily.Gaussian, sequences.Schema);
        RegressionFitter fitter = new(design, sequences.Rows, states, new RegressionMixtureOptions { Threads = options.Threads });
        SequenceSource steps = MarkovRegressionFit.Like(sequences, fitter.Rows);
        options = options with { Initializers = options.Initializers ?? RegressionFitter.Initializers };
        HiddenMarkovFit<RegressionComponent> fit = HiddenMarkovModel.Fit(fitter.Family(), steps, states, options, cancellation);
        return new MarkovRegressionFit(design, fit, fitter.Original([.. fit.Parameters.Emissions]));
    }
}
