using MathNet.Numerics.Distributions;

namespace Latent.Engine;

/// <summary>Wald intervals, symmetric on the scale on which an estimate is closest to normal.</summary>
internal static class ConfidenceInterval
{
    /// <summary>g⁻¹(g(v) ± z·se·g′(v)); NaN without a standard error or where the value is not inside the scale.</summary>
    public static (double Lower, double Upper) Of(double value, double standardError, ParameterScale scale, double confidence)
    {
        double reach = Quantile(confidence) * standardError;
        return scale switch
        {
            ParameterScale.Log when value > 0 => (value * Math.Exp(-reach / value), value * Math.Exp(reach / value)),
            ParameterScale.Logit when value is > 0 and < 1 => (
                Logistic(Math.Log(value / (1 - value)) - reach / (value * (1 - value))),
                Logistic(Math.Log(value / (1 - value)) + reach / (value * (1 - value)))),
            ParameterScale.FisherZ when value is > -1 and < 1 => (
                Math.Tanh(Math.Atanh(value) - reach / (1 - value * value)),
                Math.Tanh(Math.Atanh(value) + reach / (1 - value * value))),
            ParameterScale.Identity => (value - reach, value + reach),
            _ => (double.NaN, double.NaN),
        };
    }

    /// <summary>The standard normal quantile that leaves half of the rest on each side: 1.96 for 0.95.</summary>
    public static double Quantile(double confidence) => Normal.InvCDF(0, 1, (1 + confidence) / 2);

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}
