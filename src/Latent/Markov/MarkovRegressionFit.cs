using Latent.Data;
using Latent.Regression;

namespace Latent.Markov;

/// <summary>Regressions that change with a hidden Markov chain, as they were fitted.</summary>
public sealed class MarkovRegressionFit : MarkovRegressionModel
{
    private readonly SequenceSource _steps;

    internal MarkovRegressionFit(MarkovRegressionDesign design, HiddenMarkovFit<RegressionComponent> fit, RegressionComponent[] regressions, SequenceSource steps)
        : base(
            design,
            new HiddenMarkov<RegressionComponent>(fit.Parameters.Initial.AsSpan(), fit.Parameters.Transition.AsSpan(), regressions, fit.Parameters.Durations.AsSpan()) { Logits = fit.Parameters.Logits },
            fit.Model.Model)
    {
        Fit = fit;
        _steps = steps;
    }

    /// <summary>The fit: log-likelihood, criteria, why it stopped. Its emissions have the coefficients of terms in standard units; those of the terms themselves are in <see cref="MarkovRegressionModel.Regressions"/>.</summary>
    public HiddenMarkovFit<RegressionComponent> Fit { get; }

    /// <summary>Standard errors and confidence intervals of the coefficients, in the units of the data, of the dispersions and of the chain.</summary>
    /// <param name="options">Settings; null for the defaults: observed information, 95 %.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="ArgumentException">There are too few sequences for the method.</exception>
    public ParameterEstimates StandardErrors(StandardErrorOptions? options = null, CancellationToken cancellation = default) => Fit.Model.StandardErrors(_steps, options, cancellation);
}
