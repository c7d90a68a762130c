namespace Latent.Kernels;

/// <summary>From joint log-densities to responsibilities, one tile at a time.</summary>
internal static class Softmax
{
    private const double Negligible = 1.0 / (1L << 62) / 4;

    /// <summary>
    /// Replaces the joint log-densities of a tile (component-major, <paramref name="stride"/> apart) by responsibilities times
    /// row weights, writes each row's log-sum, and returns Σ w·log-sum. Responsibilities below 2⁻⁶⁴ of the largest are 0.
    /// </summary>
    public static double Normalize(Span<double> joint, int stride, int components, ReadOnlySpan<double> weights, Span<double> logSum)
    {
        double total = 0;
        for (int row = 0; row < weights.Length; row++)
        {
            double largest = double.NegativeInfinity;
            for (int k = 0; k < components; k++)
            {
                largest = Math.Max(largest, joint[k * stride + row]);
            }
            double sum = 0;
            for (int k = 0; k < components; k++)
            {
                double relative = Math.Exp(joint[k * stride + row] - largest);
                relative = relative < Negligible ? 0 : relative;
                joint[k * stride + row] = relative;
                sum += relative;
            }
            logSum[row] = largest + Math.Log(sum);
            for (int k = 0; k < components; k++)
            {
                joint[k * stride + row] *= weights[row] / sum;
            }
            total += weights[row] == 0 ? 0 : weights[row] * logSum[row];
        }
        return total;
    }
}
