using Latent.Data;
using Latent.Numerics;

namespace Latent.Clustering;

/// <summary>
/// Draws rows with probability in proportion to a mass: first a chunk from the chunks' sums in order, then a row from the
/// running sum within the chunk. The outcome depends on the data and the generator alone.
/// </summary>
internal static class RowSampler
{
    /// <summary>Draws a chunk in proportion to <paramref name="masses"/>, whose sum is positive, and how far into its mass to go.</summary>
    public static (int Chunk, double Within) DrawChunk(ReadOnlySpan<double> masses, RandomGenerator random)
    {
        double total = 0;
        foreach (double mass in masses)
        {
            total += mass;
        }
        double target = random.NextDouble() * total;
        int last = -1;
        for (int chunk = 0; chunk < masses.Length; chunk++)
        {
            if (!(masses[chunk] > 0))
            {
                continue;
            }
            if (target < masses[chunk])
            {
                return (chunk, target);
            }
            target -= masses[chunk];
            last = chunk;
        }
        return (last, masses[last]);
    }

    /// <summary>The first row of the chunk at which the running sum of w·<paramref name="factors"/> exceeds <paramref name="within"/>; the last with any mass when rounding leaves none.</summary>
    /// <param name="chunk">The rows and their weights.</param>
    /// <param name="factors">One per row, or empty: all one.</param>
    /// <param name="within">How far to go.</param>
    public static int PickRow(in RowChunk chunk, ReadOnlySpan<double> factors, double within)
    {
        ReadOnlySpan<double> weights = chunk.Weights;
        double sum = 0;
        int last = 0;
        for (int row = 0; row < chunk.Rows; row++)
        {
            double weight = weights.IsEmpty ? 1 : weights[row];
            double factor = factors.IsEmpty ? 1 : factors[row];
            if (!(weight * factor > 0))
            {
                continue;
            }
            sum = Math.FusedMultiplyAdd(weight, factor, sum);
            last = row;
            if (sum > within)
            {
                break;
            }
        }
        return last;
    }
}
