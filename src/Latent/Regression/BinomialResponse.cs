using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Regression;

/// <summary>log f = yη − m log(1 + exp η) + log C(m, y); u = y − mp, h = mp(1 − p).</summary>
internal sealed class BinomialResponse : ResponseFamily
{
    public override string Name => "binomial";

    internal override double Mean(double eta, double trials) => trials / (1 + Math.Exp(-eta));

    internal override double Link(double mean) => Math.Log(Math.Clamp(mean, 1e-3, 1 - 1e-3) / (1 - Math.Clamp(mean, 1e-3, 1 - 1e-3)));

    internal override double Base(double y, double trials) =>
        GammaFunctions.LogFactorial(trials) - GammaFunctions.LogFactorial(y) - GammaFunctions.LogFactorial(trials - y);

    internal override void Check(double y, double trials, long row)
    {
        if (!(y >= 0 && y <= trials) || y != Math.Floor(y) || trials != Math.Floor(trials) || trials > int.MaxValue)
        {
            throw Refused(trials == 1 ? "a response of 0 or 1 (or cbind(successes, failures))" : "whole numbers of successes and failures", y, row);
        }
    }

    internal override void Evaluate(
        ReadOnlySpan<double> y, ReadOnlySpan<double> trials, ReadOnlySpan<double> constant, ReadOnlySpan<double> eta, double dispersion,
        Span<double> logDensity, Span<double> slope, Span<double> curvature)
    {
        // With e = exp(−|η|): log(1 + exp η) = max(η, 0) + log(1 + e), and p(1 − p) = e/(1 + e)².
        Span<double> e = stackalloc double[eta.Length];
        Span<double> logs = stackalloc double[eta.Length];
        for (int row = 0; row < e.Length; row++)
        {
            e[row] = -Math.Abs(eta[row]);
        }
        Elementary.Exp(e, e);
        for (int row = 0; row < e.Length; row++)
        {
            logs[row] = 1 + e[row];
        }
        Elementary.Log(logs, logs);
        for (int row = 0; row < e.Length; row++)
        {
            double inverse = 1 / (1 + e[row]);
            double p = eta[row] >= 0 ? inverse : e[row] * inverse;
            slope[row] = y[row] - trials[row] * p;
            curvature[row] = trials[row] * e[row] * inverse * inverse;
            logDensity[row] = y[row] * eta[row] - trials[row] * (Math.Max(eta[row], 0) + logs[row]) + constant[row];
        }
    }

    internal override double Sample(double eta, double trials, double dispersion, Random random) =>
        MathNet.Numerics.Distributions.Binomial.Sample(random, 1 / (1 + Math.Exp(-eta)), (int)trials);
}
