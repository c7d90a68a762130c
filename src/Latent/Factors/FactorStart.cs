using Latent.Families;
using Latent.Numerics;

namespace Latent.Factors;

/// <summary>Where fits of factors start, from an unrestricted mean and covariance.</summary>
internal static class FactorStart
{
    // A factor that explains nothing would stay so: loadings of zero are a saddle.
    private const double LeastExcess = 1e-2;

    /// <summary>The maximum of the likelihood at guessed uniquenesses; for a common one and complete rows the maximum itself [TippingBishop1999, eqs. 7 and 8].</summary>
    public static FactorParameters Of(Gaussian normal, int factors, bool isotropic)
    {
        int d = normal.Dimension;
        double[] uniquenesses = new double[d];
        double[] precision = normal.Covariance.Precision.Matrix;
        double guess = 1 - 0.5 * factors / d;
        for (int j = 0; j < d; j++)
        {
            uniquenesses[j] = isotropic ? 1 : guess / precision[j * d + j];
        }
        double[] scaled = new double[d * d];
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
            {
                scaled[i * d + j] = normal.Covariance.Matrix[i * d + j] / Math.Sqrt(uniquenesses[i]) / Math.Sqrt(uniquenesses[j]);
            }
        }
        (double[] values, double[] vectors) = SymmetricEigen.Decompose(scaled, d);
        int[] order = [.. Enumerable.Range(0, d).OrderByDescending(k => values[k])];
        double noise = 1;
        if (isotropic)
        {
            noise = order.Skip(factors).Average(k => values[k]);
            Array.Fill(uniquenesses, noise);
        }
        double[] loadings = new double[d * factors];
        for (int k = 0; k < factors; k++)
        {
            double length = Math.Sqrt(Math.Max(values[order[k]] - noise, LeastExcess * noise));
            for (int j = 0; j < d; j++)
            {
                loadings[j * factors + k] = vectors[j * d + order[k]] * length * (isotropic ? 1 : Math.Sqrt(uniquenesses[j]));
            }
        }
        return new FactorParameters(normal.Mean, loadings, uniquenesses);
    }
}
