namespace Latent.Markov;

/// <summary>Errors that several parts throw.</summary>
internal static class MarkovErrors
{
    public static NumericalException Impossible(long sequence, double logLikelihood) => new(
        double.IsNegativeInfinity(logLikelihood)
            ? $"Expected sequences that are possible under the model, found that number {sequence + 1} is not: no path of states has a positive probability. Check its values, labels, and the transitions of probability 0."
            : $"Expected sequences with a finite log-likelihood, found {logLikelihood} for number {sequence + 1}. Check its values, and rescale columns that overflow.");
}
