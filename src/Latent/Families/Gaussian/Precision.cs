using Latent.Kernels;

namespace Latent.Families;

/// <summary>The precision matrix K = Σ⁻¹ = WᵀW of a covariance.</summary>
internal sealed class Precision
{
    private Precision(double[] matrix, int dimension, double inflation)
    {
        Matrix = matrix;
        Packed = ProductKernel.Pack(matrix, dimension);
        Inflation = inflation;
    }

    /// <summary>K, row-major d × d.</summary>
    public double[] Matrix { get; }

    /// <summary>K as the kernel reads it.</summary>
    public double[] Packed { get; }

    /// <summary>
    /// The greatest variance inflation factor Kⱼⱼ·Σⱼⱼ: a column's variance over what the other columns leave of it. As many digits as it has are lost
    /// where K is used in place of Σ.
    /// </summary>
    public double Inflation { get; }

    /// <summary>The precision of a covariance.</summary>
    public static Precision Of(Covariance covariance)
    {
        int d = covariance.Dimension;
        ReadOnlySpan<double> whitening = covariance.Whitening;
        double[] matrix = new double[d * d];
        double inflation = 0;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = i; k < d; k++)
                {
                    sum = Math.FusedMultiplyAdd(whitening[k * d + i], whitening[k * d + j], sum);
                }
                matrix[i * d + j] = matrix[j * d + i] = sum;
            }
            inflation = Math.Max(inflation, matrix[i * d + i] * covariance.Matrix[i * d + i]);
        }
        return new Precision(matrix, d, inflation);
    }
}
