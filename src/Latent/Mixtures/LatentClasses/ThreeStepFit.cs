namespace Latent.Mixtures;

/// <summary>The outcome of a three-step analysis.</summary>
public sealed class ThreeStepFit
{
    private readonly Func<double, ParameterEstimates> _errors;

    internal ThreeStepFit(double[][] coefficients, double[][] classification, IReadOnlyList<string> terms, Func<double, ParameterEstimates> errors)
    {
        Coefficients = coefficients;
        Classification = classification;
        TermNames = terms;
        _errors = errors;
    }

    /// <summary>βₖ by class and term (the intercept first): log-odds against the first class, whose own are 0.</summary>
    public double[][] Coefficients { get; }

    /// <summary>P(assigned class | true class), by true class.</summary>
    public double[][] Classification { get; }

    /// <summary>The intercept and the covariates.</summary>
    public IReadOnlyList<string> TermNames { get; }

    /// <summary>
    /// Standard errors of the coefficients with those of the classes in them [BakkOberskiVermunt2014]: the sandwich of the third step, and what the classification table that the correction uses owes to the uncertainty
    /// of class sizes and item probabilities. Without a correction the sandwich alone, about coefficients that are too small.
    /// </summary>
    /// <param name="confidence">The coverage of the intervals.</param>
    /// <exception cref="ArgumentException">The confidence is not between 0 and 1.</exception>
    public ParameterEstimates StandardErrors(double confidence = 0.95) => confidence is > 0 and < 1
        ? _errors(confidence)
        : throw new ArgumentException($"Expected a confidence between 0 and 1, found {confidence}.", nameof(confidence));
}
