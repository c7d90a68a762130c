using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Topics;

/// <summary>The maximum-likelihood concentration of a Dirichlet distribution from expected logarithms, by Newton's method [Minka2000].</summary>
/// <remarks>The log-likelihood D(log Γ(Σα) − Σ log Γ(α_k)) + Σ(α_k − 1)s_k is concave; a step that would lower it is halved.</remarks>
internal static class DirichletConcentration
{
    /// <summary>Concentrations are kept at or above this, where a topic that no document has would send them to zero.</summary>
    public const double Least = 1e-4;

    private const double Most = 1e6;
    private const int MostSteps = 100;
    private const double Precision = 1e-10;

    /// <summary>One value for each of <paramref name="dimension"/> coordinates.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="count">D, the number of draws.</param>
    /// <param name="dimension">K.</param>
    /// <param name="logs">Σ over draws and coordinates of E[log θ].</param>
    public static double Symmetric(double start, double count, int dimension, double logs)
    {
        double Value(double a) => count * (GammaKernel.LogGamma(dimension * a) - dimension * GammaKernel.LogGamma(a)) + a * logs;
        double alpha = start;
        double value = Value(alpha);
        for (int step = 0; step < MostSteps; step++)
        {
            double gradient = count * dimension * (GammaKernel.Digamma(dimension * alpha) - GammaKernel.Digamma(alpha)) + logs;
            double curvature = count * dimension * (dimension * GammaFunctions.Trigamma(dimension * alpha) - GammaFunctions.Trigamma(alpha));
            // Newton in log α, whose second derivative α²f″ + αf′ is negative near the maximum; else in the gradient's direction.
            double bend = alpha * (alpha * curvature + gradient);
            double move = bend < 0 ? -alpha * gradient / bend : Math.Sign(gradient);
            double next = alpha;
            double reached = double.NegativeInfinity;
            for (int half = 0; half < 40 && !(reached >= value); half++, move /= 2)
            {
                next = Math.Clamp(alpha * Elementary.Exp(Math.Clamp(move, -2, 2)), Least, Most);
                reached = Value(next);
            }
            if (!(reached >= value) || Math.Abs(next - alpha) <= Precision * alpha)
            {
                return reached >= value ? next : alpha;
            }
            (alpha, value) = (next, reached);
        }
        return alpha;
    }

    /// <summary>One value for each coordinate: the Hessian is diagonal plus a constant, so that a Newton step costs K.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="count">D, the number of draws.</param>
    /// <param name="logs">Σ over draws of E[log θ_k].</param>
    public static double[] Asymmetric(ReadOnlySpan<double> start, double count, ReadOnlySpan<double> logs)
    {
        double[] alpha = start.ToArray();
        double[] next = new double[alpha.Length];
        double[] step = new double[alpha.Length];
        double value = Value(alpha, count, logs);
        for (int iteration = 0; iteration < MostSteps; iteration++)
        {
            Direction(alpha, count, logs, step);
            double scale = 1;
            double reached = double.NegativeInfinity;
            for (int half = 0; half < 40 && !(reached >= value); half++, scale /= 2)
            {
                for (int k = 0; k < alpha.Length; k++)
                {
                    // No step takes more than nine tenths of a concentration: they stay positive.
                    next[k] = Math.Clamp(Math.Max(alpha[k] + scale * step[k], 0.1 * alpha[k]), Least, Most);
                }
                reached = Value(next, count, logs);
            }
            if (!(reached >= value))
            {
                return alpha;
            }
            double moved = 0;
            for (int k = 0; k < alpha.Length; k++)
            {
                moved = Math.Max(moved, Math.Abs(next[k] - alpha[k]) / alpha[k]);
            }
            next.CopyTo(alpha, 0);
            value = reached;
            if (moved <= Precision)
            {
                return alpha;
            }
        }
        return alpha;
    }

    private static double Value(ReadOnlySpan<double> alpha, double count, ReadOnlySpan<double> logs)
    {
        double total = 0;
        double value = 0;
        for (int k = 0; k < alpha.Length; k++)
        {
            total += alpha[k];
            value += alpha[k] * logs[k] - count * GammaKernel.LogGamma(alpha[k]);
        }
        return value + count * GammaKernel.LogGamma(total);
    }

    private static void Direction(ReadOnlySpan<double> alpha, double count, ReadOnlySpan<double> logs, Span<double> step)
    {
        double total = 0;
        foreach (double a in alpha)
        {
            total += a;
        }
        double common = count * GammaKernel.Digamma(total);
        double numerator = 0;
        double denominator = 1 / (count * GammaFunctions.Trigamma(total));
        for (int k = 0; k < alpha.Length; k++)
        {
            double gradient = common - count * GammaKernel.Digamma(alpha[k]) + logs[k];
            double diagonal = -count * GammaFunctions.Trigamma(alpha[k]);
            numerator += gradient / diagonal;
            denominator += 1 / diagonal;
            step[k] = gradient;
        }
        double shift = numerator / denominator;
        for (int k = 0; k < alpha.Length; k++)
        {
            step[k] = (step[k] - shift) / (count * GammaFunctions.Trigamma(alpha[k]));
        }
    }
}
