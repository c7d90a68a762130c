using Latent.Mixtures.Starts;
using Latent.Numerics;

namespace Latent.Mixtures;

/// <summary>What model-based agglomerative clustering keeps small.</summary>
public enum HierarchicalCriterion
{
    /// <summary>Gaussian clusters with covariances of their own (VVV): Σ nₖ·log(|Wₖ/nₖ| + (tr Wₖ + α)/nₖ) with α = tr(W)/(n·d) [Fraley1998].</summary>
    Unequal,

    /// <summary>Round Gaussian clusters of one size (EII), which is Ward's method: tr ΣWₖ.</summary>
    Equal,
}

/// <summary>
/// Model-based agglomerative clustering [Fraley1998] of up to <paramref name="MostRows"/> rows, whose partition makes the start. Columns are first
/// standardised and turned to principal axes, each divided by the root of its singular value in the rows [ScruccaRaftery2015].
/// </summary>
/// <param name="MostRows">Rows to cluster, a random subset where there are more: time and memory grow with their square. Default 2,000.</param>
/// <param name="Criterion">What a merge costs. Default: clusters with covariances of their own.</param>
public sealed record HierarchicalInitializer(int MostRows = 2000, HierarchicalCriterion Criterion = HierarchicalCriterion.Unequal) : MixtureInitializer
{
    /// <summary>Rows to cluster.</summary>
    public int MostRows { get; } = MostRows >= 2 ? MostRows : throw new ArgumentOutOfRangeException(nameof(MostRows), MostRows, "Expected two rows or more.");

    /// <summary>Principal axes that take part, those of most variance: determinants cost the cube of their number.</summary>
    private const int MostAxes = 16;

    /// <inheritdoc/>
    public override string Name => "hierarchical";

    /// <inheritdoc/>
    public override bool IsDeterministic => true;

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) =>
        context.FromSample(context.Sample(MostRows), Levels(context, [context.Model.Components])[0]);

    /// <summary>The labels of the sampled rows for several numbers of clusters, descending; −1 where a row has no weight.</summary>
    internal int[][] Levels<TComponent>(StartContext<TComponent> context, int[] clusters)
    {
        StartSample sample = context.Sample(MostRows);
        int[] kept = [.. Enumerable.Range(0, sample.Count).Where(row => sample.Weights[row] > 0)];
        if (kept.Length < clusters[0])
        {
            throw new DegenerateStartException($"Expected at least {clusters[0]} rows of positive weight to cluster, found {kept.Length}. Use fewer components.");
        }
        double[] weights = Array.ConvertAll(kept, row => sample.Weights[row]);
        (double[] values, int axes) = PrincipalAxes(sample, kept, weights, context.Model.Columns);
        return Array.ConvertAll(Agglomeration.Levels(values, weights, axes, clusters, Criterion, context.Cancellation), found =>
        {
            int[] labels = new int[sample.Count];
            Array.Fill(labels, -1);
            for (int i = 0; i < kept.Length; i++)
            {
                labels[kept[i]] = found[i];
            }
            return labels;
        });
    }

    private static (double[] Values, int Axes) PrincipalAxes(StartSample sample, int[] kept, double[] weights, int columns)
    {
        double[] scatter = new double[columns * columns];
        double total = weights.Sum();
        double[] mean = new double[columns];
        for (int i = 0; i < kept.Length; i++)
        {
            for (int column = 0; column < columns; column++)
            {
                mean[column] += weights[i] / total * sample.Values[kept[i] * columns + column];
            }
        }
        for (int i = 0; i < kept.Length; i++)
        {
            ReadOnlySpan<double> row = sample.Values.AsSpan(kept[i] * columns, columns);
            for (int a = 0; a < columns; a++)
            {
                double scaled = weights[i] / total * (row[a] - mean[a]);
                for (int b = 0; b <= a; b++)
                {
                    scatter[a * columns + b] = scatter[b * columns + a] += scaled * (row[b] - mean[b]);
                }
            }
        }
        (double[] variances, double[] vectors) = SymmetricEigen.Decompose(scatter, columns);
        int[] order = [.. Enumerable.Range(0, columns).OrderByDescending(axis => variances[axis])];
        int axes = Math.Max(1, order.Take(MostAxes).Count(axis => variances[axis] > 1e-12 * variances[order[0]]));
        double[] values = new double[kept.Length * axes];
        for (int axis = 0; axis < axes; axis++)
        {
            // The square of the axis' singular value in the rows.
            double square = total * variances[order[axis]];
            double scale = square > 0 ? Math.Sqrt(1 / Math.Sqrt(square)) : 0;
            for (int i = 0; i < kept.Length; i++)
            {
                double sum = 0;
                for (int column = 0; column < columns; column++)
                {
                    sum += (sample.Values[kept[i] * columns + column] - mean[column]) * vectors[column * columns + order[axis]];
                }
                values[i * axes + axis] = scale * sum;
            }
        }
        return (values, axes);
    }
}
