using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Engine;

/// <summary>Random weights that make a replicate of a table. A row of frequency w stands for w rows.</summary>
internal static class RowReplicates
{
    /// <summary>The rows' weights.</summary>
    public static double[] Frequencies(IRowSource rows)
    {
        double[] frequencies = new double[rows.Rows];
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            Span<double> target = frequencies.AsSpan((int)chunk.FirstRow, chunk.Rows);
            target.Fill(1);
            if (!chunk.Weights.IsEmpty)
            {
                chunk.Weights.CopyTo(target);
            }
        }
        return frequencies;
    }

    /// <summary>How often each row is drawn among as many draws as there are rows, rounded to a whole number: multinomial counts.</summary>
    public static double[] Counts(double[] frequencies, RandomGenerator random)
    {
        double[] cumulative = new double[frequencies.Length];
        double total = 0;
        for (int row = 0; row < cumulative.Length; row++)
        {
            cumulative[row] = total += frequencies[row];
        }
        double[] counts = new double[frequencies.Length];
        for (long draw = (long)Math.Round(total); draw > 0; draw--)
        {
            // The first row whose cumulative weight exceeds the point: rows of weight 0 are never drawn.
            double point = random.NextDouble() * total;
            int low = 0;
            int high = cumulative.Length - 1;
            while (low < high)
            {
                int middle = (low + high) >>> 1;
                (low, high) = cumulative[middle] > point ? (low, middle) : (middle + 1, high);
            }
            counts[low]++;
        }
        return counts;
    }

    /// <summary>Independent Gamma(frequency) weights scaled to the sum of the frequencies: Dirichlet; exponential for frequency 1.</summary>
    public static double[] DirichletWeights(double[] frequencies, RandomGenerator random)
    {
        double[] weights = new double[frequencies.Length];
        double total = 0;
        double drawn = 0;
        for (int row = 0; row < weights.Length; row++)
        {
            weights[row] = frequencies[row] == 1 ? -Elementary.Log(1 - random.NextDouble()) : Gamma(frequencies[row], random);
            total += frequencies[row];
            drawn += weights[row];
        }
        for (int row = 0; row < weights.Length; row++)
        {
            weights[row] *= total / drawn;
        }
        return weights;
    }

    /// <summary>A Gamma(shape, 1) number by squeezing a cubed normal one [Marsaglia2000]; 0 for shape 0.</summary>
    public static double Gamma(double shape, RandomGenerator random)
    {
        if (!(shape > 0))
        {
            return 0;
        }
        if (shape < 1)
        {
            return Gamma(shape + 1, random) * Elementary.Exp(Elementary.Log(1 - random.NextDouble()) / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextGaussian();
            double v = 1 + c * x;
            v = v * v * v;
            if (v > 0 && Elementary.Log(1 - random.NextDouble()) < 0.5 * x * x + d - d * v + d * Elementary.Log(v))
            {
                return d * v;
            }
        }
    }
}

/// <summary>A table with other weights.</summary>
internal sealed class ReweightedRows(IRowSource rows, double[] weights) : IRowSource
{
    public long Rows => rows.Rows;

    public Schema Schema => rows.Schema;

    public bool HasWeights => true;

    public double TotalWeight { get; } = weights.Sum();

    public long MissingCells => rows.MissingCells;

    public KnownComponents Known => rows.Known;

    public int ChunkCount => rows.ChunkCount;

    public double Weight(long row) => weights[row];

    public void CopyRow(long row, Span<double> target) => rows.CopyRow(row, target);

    public RowChunk GetChunk(int index)
    {
        RowChunk chunk = rows.GetChunk(index);
        return chunk.WithWeights(weights.AsMemory((int)chunk.FirstRow, chunk.Rows), chunk.FirstRow);
    }
}
