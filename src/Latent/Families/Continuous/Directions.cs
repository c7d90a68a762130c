using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>What distributions of directions share.</summary>
internal static class Directions
{
    /// <summary>The concentration κ of the mean resultant length in d dimensions: I_{d/2}(κ)/I_{d/2−1}(κ) = length [BanerjeeEtAl2005].</summary>
    public static double Concentration(int dimension, double length)
    {
        if (!(length > 1e-12))
        {
            return 0;
        }
        double order = dimension / 2.0 - 1;
        double start = length * (dimension - length * length) / Math.Max(1e-300, 1 - length * length);
        double logarithm = SafeNewton.Root(
            u =>
            {
                double kappa = Elementary.Exp(u);
                double ratio = Bessel.Ratio(order, kappa);
                return (ratio - length, kappa * (1 - ratio * ratio) - (dimension - 1) * ratio);
            },
            Elementary.Log(Math.Min(start, Floors.MostShape)), Elementary.Log(1e-12), Elementary.Log(Floors.MostShape));
        return Elementary.Exp(logarithm);
    }

    /// <summary>Draws a unit vector around a mean direction, by rejection of its cosine [Wood1994] and a uniform direction across.</summary>
    public static void Draw(ReadOnlySpan<double> direction, double kappa, RandomGenerator random, Span<double> unit)
    {
        int d = direction.Length;
        double b = (d - 1) / (Math.Sqrt(4 * kappa * kappa + (d - 1.0) * (d - 1)) + 2 * kappa);
        double x0 = (1 - b) / (1 + b);
        double bound = kappa * x0 + (d - 1) * Elementary.Log(1 - x0 * x0);
        SystemRandom source = new(random);
        double cosine;
        double share;
        do
        {
            share = MathNet.Numerics.Distributions.Beta.Sample(source, (d - 1) / 2.0, (d - 1) / 2.0);
            cosine = (1 - (1 + b) * share) / (1 - (1 - b) * share);
        }
        while (kappa * cosine + (d - 1) * Elementary.Log(1 - x0 * cosine) - bound < Elementary.Log(1 - random.NextDouble()));
        // A direction across: a normal vector less its part along the mean direction.
        double along = 0;
        for (int j = 0; j < d; j++)
        {
            unit[j] = random.NextGaussian();
            along += unit[j] * direction[j];
        }
        double square = 0;
        for (int j = 0; j < d; j++)
        {
            unit[j] -= along * direction[j];
            square += unit[j] * unit[j];
        }
        double sine = Math.Sqrt(Math.Max(0, 1 - cosine * cosine) / square);
        for (int j = 0; j < d; j++)
        {
            unit[j] = sine * unit[j] + cosine * direction[j];
        }
    }
}
