using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Regression;

/// <summary>
/// Counts with mean μ = exp(η) and variance μ + μ²/θ: Poisson(μg) with a rate factor g ~ Γ(θ, θ) that nobody sees. u = y − E(g)·μ is the derivative of
/// log f itself; h = E(g)·μ that of the complete data, E(g) = (y + θ)/(μ + θ).
/// </summary>
/// <remarks>
/// With the factor among what is missing, the M-step of β and that of θ are apart, so that any uphill step of the one and the maximiser of the other go uphill together: θ solves
/// log θ − ψ(θ) = Σ w(E(g) − 1 − E(log g))/Σ w, E(log g) = ψ(y + θ) − log(μ + θ).
/// </remarks>
internal sealed class NegativeBinomialResponse : ResponseFamily
{
    private const double LargestSize = 1e6;

    public override string Name => "negative-binomial";

    public override string? DispersionName => "size";

    internal override bool IsCount => true;

    internal override int ExtraLength => 1;

    internal override double Mean(double eta, double trials) => Math.Exp(eta);

    internal override double Link(double mean) => Poisson.Link(mean);

    internal override double Base(double y, double trials) => -GammaFunctions.LogFactorial(y);

    internal override void Check(double y, double trials, long row) => PoissonResponse.RequireCount(y, row);

    internal override void Evaluate(
        ReadOnlySpan<double> y, ReadOnlySpan<double> trials, ReadOnlySpan<double> constant, ReadOnlySpan<double> eta, double dispersion,
        Span<double> logDensity, Span<double> slope, Span<double> curvature)
    {
        Elementary.Exp(eta, curvature);
        double norm = GammaFunctions.LogGamma(dispersion);
        for (int row = 0; row < eta.Length; row++)
        {
            double mean = curvature[row];
            double rising = y[row] > 0 ? GammaFunctions.LogGamma(y[row] + dispersion) - norm : 0;
            double odds = y[row] > 0 ? y[row] * (eta[row] - Elementary.Log(mean + dispersion)) : 0;
            logDensity[row] = rising + odds - dispersion * Elementary.LogOnePlus(mean / dispersion) + constant[row];
            curvature[row] = (y[row] + dispersion) / (mean + dispersion) * mean;
            slope[row] = dispersion * (y[row] - mean) / (mean + dispersion);
        }
    }

    internal override void AccumulateExtra(
        ReadOnlySpan<double> y, ReadOnlySpan<double> constant, ReadOnlySpan<double> eta, ReadOnlySpan<double> slope, ReadOnlySpan<double> weights, double dispersion, Span<double> extra)
    {
        Span<double> terms = stackalloc double[eta.Length];
        for (int row = 0; row < terms.Length; row++)
        {
            terms[row] = weights[row] > 0 ? weights[row] * Spread(y[row], Elementary.Exp(eta[row]), dispersion) : 0;
        }
        extra[0] += LaneSum.Of(terms);
    }

    internal override (double Dispersion, bool Held) Dispersion(double n, ReadOnlySpan<double> extra, double explained, double least) =>
        GammaResponse.ShapeOf(extra[0] / n, LargestSize);

    internal override double DispersionScore(double y, double constant, double eta, double dispersion) =>
        Math.Log(dispersion) - GammaFunctions.Digamma(dispersion) - Spread(y, Elementary.Exp(eta), dispersion);

    internal override double Sample(double eta, double trials, double dispersion, Random random) =>
        MathNet.Numerics.Distributions.Poisson.Sample(random, Math.Exp(eta) * MathNet.Numerics.Distributions.Gamma.Sample(random, dispersion, dispersion));

    // E(g) − 1 − E(log g), never negative.
    private static double Spread(double y, double mean, double size) =>
        (y - mean) / (mean + size) - (GammaFunctions.Digamma(y + size) - Elementary.Log(mean + size));
}
