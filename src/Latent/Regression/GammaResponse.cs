using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Regression;

/// <summary>log f = ν log ν − log Γ(ν) + (ν − 1) log y − ν(η + y exp(−η)); over ν: u = y exp(−η) − 1, h = y exp(−η).</summary>
internal sealed class GammaResponse : ResponseFamily
{
    private const double LargestShape = 1e8;

    public override string Name => "gamma";

    public override string? DispersionName => "shape";

    internal override int ExtraLength => 1;

    internal override double Mean(double eta, double trials) => Math.Exp(eta);

    internal override double Link(double mean) => Math.Log(mean);

    internal override double Base(double y, double trials) => Math.Log(y);

    internal override void Check(double y, double trials, long row)
    {
        if (!(y > 0) || double.IsInfinity(y))
        {
            throw Refused("a positive response", y, row);
        }
    }

    internal override void Evaluate(
        ReadOnlySpan<double> y, ReadOnlySpan<double> trials, ReadOnlySpan<double> constant, ReadOnlySpan<double> eta, double dispersion,
        Span<double> logDensity, Span<double> slope, Span<double> curvature)
    {
        double norm = dispersion * Math.Log(dispersion) - GammaFunctions.LogGamma(dispersion);
        for (int row = 0; row < eta.Length; row++)
        {
            slope[row] = -eta[row];
        }
        Elementary.Exp(slope, curvature);
        for (int row = 0; row < eta.Length; row++)
        {
            curvature[row] *= y[row];
            slope[row] = curvature[row] - 1;
            logDensity[row] = norm + (dispersion - 1) * constant[row] - dispersion * (eta[row] + curvature[row]);
        }
    }

    // Σ w (y/μ − 1 − log(y/μ)), no term of which is negative.
    internal override void AccumulateExtra(
        ReadOnlySpan<double> y, ReadOnlySpan<double> constant, ReadOnlySpan<double> eta, ReadOnlySpan<double> slope, ReadOnlySpan<double> weights, double dispersion, Span<double> extra)
    {
        Span<double> terms = stackalloc double[slope.Length];
        for (int row = 0; row < terms.Length; row++)
        {
            terms[row] = weights[row] * (slope[row] - (constant[row] - eta[row]));
        }
        extra[0] += LaneSum.Of(terms);
    }

    /// <summary>The root of log ν − ψ(ν) = c, by Newton's method on log ν from a bound that is close [MinkaGamma2002].</summary>
    internal override (double Dispersion, bool Held) Dispersion(double n, ReadOnlySpan<double> extra, double explained, double least)
    {
        return ShapeOf(extra[0] / n, LargestShape);
    }

    /// <summary>The root of log ν − ψ(ν) = c, and whether the bound holds it.</summary>
    internal static (double Shape, bool Held) ShapeOf(double c, double largest)
    {
        if (!(c > 0.5 / largest))
        {
            return (largest, true);
        }
        double shape = (3 - c + Math.Sqrt((c - 3) * (c - 3) + 24 * c)) / (12 * c);
        for (int step = 0; step < 20; step++)
        {
            double value = Math.Log(shape) - GammaFunctions.Digamma(shape) - c;
            double derivative = 1 - shape * GammaFunctions.Trigamma(shape);
            double next = shape * Math.Exp(Math.Clamp(-value / derivative, -2, 2));
            if (Math.Abs(next - shape) <= 1e-14 * shape)
            {
                break;
            }
            shape = next;
        }
        return (Math.Min(shape, largest), shape > largest);
    }

    internal override double ScoreFactor(double dispersion) => dispersion;

    internal override double DispersionScore(double y, double constant, double eta, double dispersion) =>
        Math.Log(dispersion) + 1 - GammaFunctions.Digamma(dispersion) + constant - eta - y * Math.Exp(-eta);

    internal override double Sample(double eta, double trials, double dispersion, Random random) =>
        MathNet.Numerics.Distributions.Gamma.Sample(random, dispersion, dispersion * Math.Exp(-eta));
}
