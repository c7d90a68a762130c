using Latent.Kernels;

namespace Latent.Regression;

/// <summary>log f = −½ log 2πσ² − (y − η)²/2σ²; u = y − η, h = 1.</summary>
internal sealed class GaussianResponse : ResponseFamily
{
    private const double LogTwoPi = 1.8378770664093454836;

    public override string Name => "gaussian";

    public override string? DispersionName => "variance";

    internal override bool HasBase => false;

    internal override bool IsQuadratic => true;

    internal override int ExtraLength => 1;

    internal override double Mean(double eta, double trials) => eta;

    internal override double Link(double mean) => mean;

    internal override void Check(double y, double trials, long row)
    {
        if (!double.IsFinite(y))
        {
            throw Refused("a finite response", y, row);
        }
    }

    internal override void Evaluate(
        ReadOnlySpan<double> y, ReadOnlySpan<double> trials, ReadOnlySpan<double> constant, ReadOnlySpan<double> eta, double dispersion,
        Span<double> logDensity, Span<double> slope, Span<double> curvature)
    {
        double norm = -0.5 * (LogTwoPi + Elementary.Log(dispersion));
        double half = -0.5 / dispersion;
        for (int row = 0; row < eta.Length; row++)
        {
            slope[row] = y[row] - eta[row];
            logDensity[row] = norm + half * slope[row] * slope[row];
        }
        curvature.Fill(1);
    }

    internal override void AccumulateExtra(
        ReadOnlySpan<double> y, ReadOnlySpan<double> constant, ReadOnlySpan<double> eta, ReadOnlySpan<double> slope, ReadOnlySpan<double> weights, double dispersion, Span<double> extra)
    {
        Span<double> squares = stackalloc double[slope.Length];
        for (int row = 0; row < slope.Length; row++)
        {
            squares[row] = weights[row] * slope[row] * slope[row];
        }
        extra[0] += LaneSum.Of(squares);
    }

    internal override (double Dispersion, bool Held) Dispersion(double n, ReadOnlySpan<double> extra, double explained, double least)
    {
        double variance = (extra[0] - explained) / n;
        return variance >= least ? (variance, false) : (least, true);
    }

    internal override double ScoreFactor(double dispersion) => 1 / dispersion;

    internal override double DispersionScore(double y, double constant, double eta, double dispersion) =>
        ((y - eta) * (y - eta) / dispersion - 1) / (2 * dispersion);

    internal override double Sample(double eta, double trials, double dispersion, Random random) =>
        MathNet.Numerics.Distributions.Normal.Sample(random, eta, Math.Sqrt(dispersion));
}
