using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Incomplete;

/// <summary>Normal distributions with weights, as imputation sees any model: one of them for a multivariate normal, several for a mixture.</summary>
internal sealed class NormalComponents(double[] weights, Gaussian[] components)
{
    /// <summary>Draws of a row until all bounds hold; then the cells that are still outside go to their bounds.</summary>
    private const int MostDraws = 100;

    public int Count => components.Length;

    public int Dimension => components[0].Dimension;

    public ReadOnlySpan<double> Weights => weights;

    public Gaussian Component(int k) => components[k];

    /// <summary>Fills the missing cells of all rows by their conditional means; observed cells are copied.</summary>
    public double[] Means(IRowSource rows, MissingPatterns patterns, CellLimits limits, int threads) =>
        Fill(rows, patterns, threads, (row, _, missing, conditionals) =>
        {
            double[] shares = Responsibilities(row, conditionals);
            double[] sum = new double[missing.Length];
            double[] copy = new double[row.Length];
            for (int k = 0; k < components.Length; k++)
            {
                row.CopyTo(copy, 0);
                conditionals[k].Complete(copy);
                for (int i = 0; i < missing.Length; i++)
                {
                    sum[i] += shares[k] * copy[missing[i]];
                }
            }
            for (int i = 0; i < missing.Length; i++)
            {
                row[missing[i]] = limits.Apply(missing[i], sum[i]);
            }
        });

    /// <summary>Fills the missing cells of all rows by draws from their distribution given the observed ones. Every row has a stream of its own.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="patterns">Their patterns.</param>
    /// <param name="limits">Bounds and rounding.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="labels">Receives the component that each row was drawn to be of; empty where nobody asks.</param>
    public double[] Draw(IRowSource rows, MissingPatterns patterns, CellLimits limits, ulong seed, int threads, int[]? labels = null) =>
        Fill(rows, patterns, threads, (row, index, missing, conditionals) =>
        {
            RandomGenerator random = new(seed, (ulong)index);
            int k = components.Length == 1 ? 0 : DiscreteDraw.Index(Responsibilities(row, conditionals), random.NextDouble());
            if (labels is not null)
            {
                labels[index] = k;
            }
            double[] normals = new double[missing.Length];
            for (int attempt = 1; missing.Length > 0; attempt++)
            {
                foreach (ref double normal in normals.AsSpan())
                {
                    normal = random.NextGaussian();
                }
                conditionals[k].Draw(row, normals);
                if (attempt == MostDraws || limits.Hold(row, missing))
                {
                    break;
                }
            }
            foreach (int column in missing)
            {
                row[column] = limits.Apply(column, row[column]);
            }
        });

    private delegate void RowFill(double[] row, int index, int[] missing, ConditionalNormal[] conditionals);

    private double[] Fill(IRowSource rows, MissingPatterns patterns, int threads, RowFill fill)
    {
        int d = Dimension;
        double[] completed = new double[checked(rows.Rows * d)];
        ChunkSweep.Run(patterns.Count, threads, CancellationToken.None, pattern =>
        {
            int[] missing = patterns.Missing(pattern).ToArray();
            ConditionalNormal[] conditionals = missing.Length == 0 && components.Length == 1
                ? []
                : Array.ConvertAll(components, component => new ConditionalNormal(component, patterns.Observed(pattern), missing));
            double[] row = new double[d];
            foreach (int index in patterns.Rows(pattern))
            {
                rows.CopyRow(index, row);
                if (conditionals.Length > 0)
                {
                    fill(row, index, missing, conditionals);
                }
                row.CopyTo(completed, index * d);
            }
        });
        return completed;
    }

    /// <summary>Posterior probabilities of the components given the observed cells.</summary>
    private double[] Responsibilities(double[] row, ConditionalNormal[] conditionals)
    {
        double[] shares = new double[components.Length];
        double most = double.NegativeInfinity;
        for (int k = 0; k < shares.Length; k++)
        {
            shares[k] = Elementary.Log(weights[k]) + conditionals[k].LogDensity(row);
            most = Math.Max(most, shares[k]);
        }
        double sum = 0;
        foreach (ref double share in shares.AsSpan())
        {
            share = double.IsFinite(most) ? Elementary.Exp(share - most) : 1;
            sum += share;
        }
        foreach (ref double share in shares.AsSpan())
        {
            share /= sum;
        }
        return shares;
    }
}
