using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>The von Mises-Fisher distribution of unit vectors, f(x) = C(κ)·e^(κ·μᵀx).</summary>
public sealed class VonMisesFisher : Distribution
{
    private const double HalfLog2Pi = 0.91893853320467274178;

    /// <summary>A distribution.</summary>
    /// <param name="parameters">κ·μ: the direction times the concentration, all zero for the uniform distribution.</param>
    public VonMisesFisher(params ReadOnlySpan<double> parameters)
        : base(parameters, [LogNormalizer(parameters.Length, Length(parameters)), .. parameters])
    {
    }

    /// <summary>κ.</summary>
    public double Concentration => Length(Parameters);

    /// <summary>μ, of length one; zero for the uniform distribution.</summary>
    public double[] Direction => [.. Parameters.ToArray().Select(value => Concentration > 0 ? value / Concentration : 0)];

    /// <summary>log C(κ) = ν·log κ − (d/2)·log 2π − log I_ν(κ), ν = d/2 − 1.</summary>
    private static double LogNormalizer(int dimension, double kappa)
    {
        double order = dimension / 2.0 - 1;
        return kappa > 0
            ? order * Elementary.Log(kappa) - dimension * HalfLog2Pi - Bessel.LogI(order, kappa)
            : GammaFunctions.LogGamma(dimension / 2.0) - 0.69314718055994530942 - dimension / 2.0 * 1.1447298858494001741;
    }

    private static double Length(ReadOnlySpan<double> vector)
    {
        double sum = 0;
        foreach (double value in vector)
        {
            sum += value * value;
        }
        return Math.Sqrt(sum);
    }
}
