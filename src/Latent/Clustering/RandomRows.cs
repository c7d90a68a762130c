using Latent.Data;
using Latent.Numerics;

namespace Latent.Clustering;

/// <summary>Distinct rows drawn at random, in proportion to their weights.</summary>
internal static class RandomRows
{
    /// <summary>Chooses <paramref name="clusters"/> different rows; rows may be equal to each other in value.</summary>
    public static KMeansCenters Choose(IDataSource<RowChunk> source, RowScan scan, int columns, int clusters, RandomGenerator random)
    {
        double[] values = new double[clusters * columns];
        double[] masses = [.. scan.ChunkWeights];
        Dictionary<int, double[]> left = [];
        for (int center = 0; center < clusters; center++)
        {
            (int index, double within) = RowSampler.DrawChunk(masses, random);
            RowChunk chunk = source.GetChunk(index);
            if (!left.TryGetValue(index, out double[]? present))
            {
                left[index] = present = new double[chunk.Rows];
                present.AsSpan().Fill(1);
            }
            int row = RowSampler.PickRow(chunk, present, within);
            chunk.CopyRow(row, values.AsSpan(center * columns, columns));
            present[row] = 0;
            masses[index] = MassLeft(chunk, present);
        }
        return new KMeansCenters(values, columns);
    }

    private static double MassLeft(in RowChunk chunk, double[] present)
    {
        double mass = 0;
        for (int row = 0; row < present.Length; row++)
        {
            mass += present[row] * (chunk.Weights.IsEmpty ? 1 : chunk.Weights[row]);
        }
        return mass;
    }
}
