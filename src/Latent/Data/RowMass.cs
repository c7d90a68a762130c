namespace Latent.Data;

/// <summary>How much a chunk of rows weighs.</summary>
internal static class RowMass
{
    /// <summary>The sum of the weights, or the number of rows where there are none.</summary>
    public static double Of(in RowChunk chunk)
    {
        if (chunk.Weights.IsEmpty)
        {
            return chunk.Rows;
        }
        double mass = 0;
        foreach (double weight in chunk.Weights)
        {
            mass += weight;
        }
        return mass;
    }
}
