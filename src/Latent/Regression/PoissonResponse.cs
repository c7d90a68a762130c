using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Regression;

/// <summary>log f = yη − exp(η) − log y!; u = y − exp(η), h = exp(η).</summary>
internal sealed class PoissonResponse : ResponseFamily
{
    public override string Name => "poisson";

    internal override bool IsCount => true;

    internal override double Mean(double eta, double trials) => Math.Exp(eta);

    internal override double Link(double mean) => Math.Log(Math.Max(mean, 1e-3));

    internal override double Base(double y, double trials) => -GammaFunctions.LogFactorial(y);

    internal override void Check(double y, double trials, long row) => RequireCount(y, row);

    /// <summary>Refuses what is no count.</summary>
    internal static void RequireCount(double y, long row)
    {
        if (!(y >= 0) || y != Math.Floor(y) || double.IsInfinity(y))
        {
            throw Refused("a count (0, 1, 2, …) as the response", y, row);
        }
    }

    internal override void Evaluate(
        ReadOnlySpan<double> y, ReadOnlySpan<double> trials, ReadOnlySpan<double> constant, ReadOnlySpan<double> eta, double dispersion,
        Span<double> logDensity, Span<double> slope, Span<double> curvature)
    {
        Elementary.Exp(eta, curvature);
        for (int row = 0; row < eta.Length; row++)
        {
            slope[row] = y[row] - curvature[row];
            logDensity[row] = y[row] * eta[row] - curvature[row] + constant[row];
        }
    }

    internal override double Sample(double eta, double trials, double dispersion, Random random) =>
        MathNet.Numerics.Distributions.Poisson.Sample(random, Math.Exp(eta));
}
