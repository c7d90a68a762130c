using System.Buffers;
using Latent.Data;
using Latent.Numerics;

namespace Latent.Mixtures;

/// <summary>
/// Gives the components of one mixture the order of another: the permutation with the greatest overlap Σᵢ wᵢ Σₖ rᵢₖ·r′ᵢ,ₚ₍ₖ₎ of the responsibilities on the
/// same rows. Labels that are ordered by one parameter swap where components cross; these do not.
/// </summary>
internal static class ComponentAlignment
{
    /// <summary><paramref name="other"/> with its components in the order of <paramref name="reference"/>.</summary>
    public static Mixture<TComponent> Align<TComponent>(MixtureModel<TComponent> model, IRowSource rows, Mixture<TComponent> reference, Mixture<TComponent> other)
    {
        int count = model.Components;
        if (count == 1)
        {
            return other;
        }
        int[] order = Assignment.Maximize(Overlap(model, rows, reference, other), count);
        return new Mixture<TComponent>(
            order.Select(k => other.Weights[k]).ToArray(),
            order.Select(k => other.Components[k]).ToArray(),
            other.NoiseWeight);
    }

    private static double[] Overlap<TComponent>(MixtureModel<TComponent> model, IRowSource rows, Mixture<TComponent> reference, Mixture<TComponent> other)
    {
        int count = model.Components;
        double[] overlap = new double[count * count];
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            double[] logDensity = ArrayPool<double>.Shared.Rent(chunk.Rows);
            double[] first = ArrayPool<double>.Shared.Rent(chunk.Rows * count);
            double[] second = ArrayPool<double>.Shared.Rent(chunk.Rows * count);
            model.Evaluate(reference, chunk, logDensity, first);
            model.Evaluate(other, chunk, logDensity, second);
            for (int row = 0; row < chunk.Rows; row++)
            {
                double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
                for (int k = 0; k < count; k++)
                {
                    double share = weight * first[row * count + k];
                    for (int l = 0; l < count && share > 0; l++)
                    {
                        overlap[k * count + l] += share * second[row * count + l];
                    }
                }
            }
            ArrayPool<double>.Shared.Return(logDensity);
            ArrayPool<double>.Shared.Return(first);
            ArrayPool<double>.Shared.Return(second);
        }
        return overlap;
    }
}
