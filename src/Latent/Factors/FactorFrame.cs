using Latent.Data;
using Latent.Families;
using Latent.Numerics;

namespace Latent.Factors;

/// <summary>
/// What the observed cells o of a pattern leave of the factors. In the whitened ones g = Lᵀf of complete rows, g given x_o is N(Gt, G) with t = L⁻¹Λ_oᵀΨ_o⁻¹(x − μ)_o,
/// G = LᵀM_o⁻¹L and M_o = I + Λ_oᵀΨ_o⁻¹Λ_o; nothing missing makes it N(t, I).
/// </summary>
internal sealed class FactorFrame
{
    private FactorFrame(double[] inverse, double[] covariance, double logFactor, bool isEmpty)
    {
        (Inverse, Covariance, LogFactor, IsEmpty) = (inverse, covariance, logFactor, isEmpty);
    }

    /// <summary>W_o, lower triangular, with W_oᵀW_o = M_o⁻¹, row-major.</summary>
    public double[] Inverse { get; }

    /// <summary>G, row-major q × q.</summary>
    public double[] Covariance { get; }

    /// <summary>½(m·log 2π + log |Σ| − log |Σ_oo|): what the log-density at the mean gains where m cells are missing.</summary>
    public double LogFactor { get; }

    /// <summary>Whether nothing is observed.</summary>
    public bool IsEmpty { get; }

    /// <summary>The frame of a pattern.</summary>
    public static FactorFrame Of(FactorGaussian component, MissingCells missing)
    {
        int q = component.Factors;
        int[] observed = [.. Enumerable.Range(0, component.Dimension).Except(missing.Columns)];
        FactorPattern pattern = new(component.Dimension, q);
        double logDeterminant = pattern.Begin(component.Parameters, observed);
        // K = W_oL: G = KᵀK.
        double[] root = Cholesky.MultiplyLower(pattern.Inverse, component.Lower, q);
        double[] covariance = new double[q * q];
        for (int i = 0; i < q; i++)
        {
            for (int k = 0; k <= i; k++)
            {
                double sum = 0;
                for (int row = i; row < q; row++)
                {
                    sum = Math.FusedMultiplyAdd(root[row * q + i], root[row * q + k], sum);
                }
                covariance[i * q + k] = covariance[k * q + i] = sum;
            }
        }
        double logFactor = 0.5 * (missing.Columns.Length * GaussianConstants.LogTwoPi + component.LogDeterminant - logDeterminant);
        return new FactorFrame([.. pattern.Inverse], covariance, logFactor, observed.Length == 0);
    }
}
