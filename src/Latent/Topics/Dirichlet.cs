using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Topics;

/// <summary>Draws from Dirichlet and categorical distributions.</summary>
internal static class Dirichlet
{
    /// <summary>A mixture from Dirichlet(α).</summary>
    public static double[] Draw(ReadOnlySpan<double> concentration, RandomGenerator random)
    {
        double[] logs = new double[concentration.Length];
        double most = double.NegativeInfinity;
        for (int k = 0; k < logs.Length; k++)
        {
            logs[k] = LogGammaDraw(concentration[k], random);
            most = Math.Max(most, logs[k]);
        }
        double sum = 0;
        for (int k = 0; k < logs.Length; k++)
        {
            logs[k] = Elementary.Exp(logs[k] - most);
            sum += logs[k];
        }
        for (int k = 0; k < logs.Length; k++)
        {
            logs[k] /= sum;
        }
        return logs;
    }

    // The logarithm of a draw from Gamma(shape, 1) [Marsaglia2000]; below one by Gamma(shape + 1)·U^(1/shape), whose logarithm does not underflow.
    private static double LogGammaDraw(double shape, RandomGenerator random)
    {
        if (shape < 1)
        {
            return LogGammaDraw(shape + 1, random) + Elementary.Log(1 - random.NextDouble()) / shape;
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextGaussian();
            double v = 1 + c * x;
            if (v <= 0)
            {
                continue;
            }
            v = v * v * v;
            double u = 1 - random.NextDouble();
            if (Elementary.Log(u) < 0.5 * x * x + d - d * v + d * Elementary.Log(v))
            {
                return Elementary.Log(d * v);
            }
        }
    }
}
