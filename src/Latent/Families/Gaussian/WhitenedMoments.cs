using Latent.Numerics;

namespace Latent.Families;

/// <summary>Sums of whitened deviations, seen from another origin under another covariance.</summary>
internal static class WhitenedMoments
{
    /// <summary>
    /// From [Σ r·y | lower triangle of Σ r·y·yᵀ] with y = W(x − o) to the same of y′ = W′(x − o′) = A·y + b, A = W′L, b = W′(o − o′). A is
    /// near the unit matrix and b near zero where the two are near each other, so that no digits cancel.
    /// </summary>
    /// <param name="sums">The moments, changed in place.</param>
    /// <param name="n">Σ r.</param>
    /// <param name="from">Σ = L·Lᵀ.</param>
    /// <param name="origin">o.</param>
    /// <param name="to">Σ′, W′ its whitening.</param>
    /// <param name="target">o′.</param>
    public static void Move(Span<double> sums, double n, Covariance from, ReadOnlySpan<double> origin, Covariance to, ReadOnlySpan<double> target)
    {
        int d = from.Dimension;
        double[] map = Cholesky.MultiplyLower(to.Whitening, from.Lower, d);
        double[] shift = Shift(to, origin, target);
        double[] sum = new double[d];
        Cholesky.Multiply(map, sums[..d], sum);
        Span<double> triangle = sums[d..];
        double[] half = new double[d * d];
        // half = A·M, M symmetric and given by its triangle.
        for (int i = 0; i < d; i++)
        {
            for (int k = 0; k <= i; k++)
            {
                double factor = map[i * d + k];
                Span<double> row = half.AsSpan(i * d, d);
                ReadOnlySpan<double> own = triangle.Slice(k * (k + 1) / 2, k + 1);
                for (int j = 0; j <= k; j++)
                {
                    row[j] += factor * own[j];
                }
                for (int j = k + 1; j < d; j++)
                {
                    row[j] += factor * triangle[j * (j + 1) / 2 + k];
                }
            }
        }
        int position = 0;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double value = 0;
                for (int k = 0; k <= j; k++)
                {
                    value += half[i * d + k] * map[j * d + k];
                }
                triangle[position++] = value + sum[i] * shift[j] + shift[i] * sum[j] + n * shift[i] * shift[j];
            }
        }
        for (int i = 0; i < d; i++)
        {
            sums[i] = sum[i] + n * shift[i];
        }
    }

    /// <summary>W′(o − o′).</summary>
    public static double[] Shift(Covariance to, ReadOnlySpan<double> origin, ReadOnlySpan<double> target)
    {
        double[] deviation = new double[origin.Length];
        for (int j = 0; j < deviation.Length; j++)
        {
            deviation[j] = origin[j] - target[j];
        }
        double[] shift = new double[deviation.Length];
        Cholesky.Multiply(to.Whitening, deviation, shift);
        return shift;
    }
}
