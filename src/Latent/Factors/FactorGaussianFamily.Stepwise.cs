using Latent.Families;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Factors;

/// <content>
/// Statistics under other components. The factors are f = L⁻ᵀg, so that with K = L⁻¹L′ the whitened ones of another component are g′ = Kᵀg: Σ ru becomes KᵀΣ ru, and
/// Σ ruuᵀ + N·I becomes Kᵀ(Σ ruuᵀ + N·I)K.
/// </content>
public sealed partial class FactorGaussianFamily : IStepwiseFamily<FactorGaussian>
{
    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistics, ReadOnlySpan<FactorGaussian> from, ReadOnlySpan<FactorGaussian> to)
    {
        (int d, int q) = (Columns, Factors);
        double[] second = new double[q * q];
        for (int k = 0; k < from.Length; k++)
        {
            Span<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            Span<double> scores = own.Slice(1 + 2 * d, q);
            Span<double> triangle = own.Slice(1 + 2 * d + q, q * (q + 1) / 2);
            Span<double> cross = own[(1 + 2 * d + ScatterKernel.Length(q))..];
            double[] map = Cholesky.MultiplyLower(Cholesky.InvertLower(from[k].Lower, q), to[k].Lower, q);
            for (int j = 0; j < d; j++)
            {
                double shift = from[k].Mean[j] - to[k].Mean[j];
                Span<double> products = cross.Slice(j * q, q);
                for (int i = 0; i < q; i++)
                {
                    products[i] += shift * scores[i];
                }
                Map(products, map);
                own[1 + d + j] += shift * (2 * own[1 + j] + own[0] * shift);
                own[1 + j] += own[0] * shift;
            }
            Map(scores, map);
            int position = 0;
            for (int i = 0; i < q; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    second[i * q + j] = second[j * q + i] = triangle[position++] + (i == j ? own[0] : 0);
                }
            }
            double[] moved = Product(Product(Transposed(map), second), map);
            position = 0;
            for (int i = 0; i < q; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    triangle[position++] = moved[i * q + j] - (i == j ? own[0] : 0);
                }
            }
        }
    }

    /// <summary>Replaces v by Kᵀv, K lower triangular.</summary>
    private static void Map(Span<double> vector, double[] map)
    {
        for (int k = 0; k < vector.Length; k++)
        {
            double sum = 0;
            for (int i = k; i < vector.Length; i++)
            {
                sum = Math.FusedMultiplyAdd(map[i * vector.Length + k], vector[i], sum);
            }
            vector[k] = sum;
        }
    }
}
