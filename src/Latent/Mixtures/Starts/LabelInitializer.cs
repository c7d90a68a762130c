using Latent.Data;
using Latent.Kernels;
using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>
/// A start from rows of which components are known: the first M-step from these alone where each component has enough of them, d + 2; else a partition of all rows by their nearest centre,
/// which is the mean of the known rows, and for components without any a row drawn in proportion to its squared distance [Arthur2007]. Where nothing is known it is <see cref="PlusPlusInitializer"/>.
/// </summary>
public sealed record LabelInitializer : MixtureInitializer
{
    /// <inheritdoc/>
    public override string Name => "labels";

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Rows.Known.IsEmpty)
        {
            return new PlusPlusInitializer().Start(context);
        }
        Means means = Means.Of(context.Rows, context.Model.Components);
        return means.Weights.All(weight => weight >= context.Model.Columns + 2)
            ? context.FromAssignment(new KnownAlone(context.Model.Components))
            : context.FromCentres(Centres(context, means));
    }

    private static double[][] Centres<TComponent>(StartContext<TComponent> context, Means means)
    {
        int components = context.Model.Components;
        double[][] centres = new double[components][];
        List<double[]> placed = [];
        for (int k = 0; k < components; k++)
        {
            if (means.Weights[k] > 0)
            {
                placed.Add(centres[k] = [.. means.Rows[k].Select((value, column) => double.IsNaN(value) ? context.Summary.Means[column] : value)]);
            }
        }
        for (int k = 0; k < components; k++)
        {
            if (centres[k] is null)
            {
                placed.Add(centres[k] = Drawn(context, placed));
            }
        }
        return centres;
    }

    /// <summary>A row drawn in proportion to its weight times its squared distance to the nearest centre; any row before there are centres.</summary>
    private static double[] Drawn<TComponent>(StartContext<TComponent> context, List<double[]> placed)
    {
        IRowSource rows = context.Rows;
        double[] cells = new double[rows.Columns];
        double[] cumulative = new double[rows.Rows];
        double total = 0;
        for (long row = 0; row < rows.Rows; row++)
        {
            rows.CopyRow(row, cells);
            double nearest = placed.Count == 0 ? 1 : double.PositiveInfinity;
            foreach (double[] centre in placed)
            {
                double distance = 0;
                for (int column = 0; column < cells.Length; column++)
                {
                    double deviation = (cells[column] - centre[column]) * context.Scales[column];
                    distance += double.IsNaN(deviation) ? 0 : deviation * deviation;
                }
                nearest = Math.Min(nearest, distance);
            }
            cumulative[row] = total += rows.Weight(row) * nearest;
        }
        if (!(total > 0))
        {
            throw new DegenerateStartException("Expected rows apart from those of known components, found none. Use fewer components.");
        }
        double point = context.Random.NextDouble() * total;
        int drawn = Math.Min(cumulative.Length - 1, Array.FindIndex(cumulative, sum => sum > point));
        rows.CopyRow(drawn, cells);
        return [.. cells.Select((value, column) => double.IsNaN(value) ? context.Summary.Means[column] : value)];
    }

    /// <summary>The means of the rows that are known to belong to a component, each row shared among those that it may belong to.</summary>
    /// <param name="Rows">The means; NaN in a column without values.</param>
    /// <param name="Weights">The rows' weights.</param>
    private sealed record Means(double[][] Rows, double[] Weights)
    {
        public static Means Of(IRowSource rows, int components)
        {
            double[][] sums = new double[components][];
            double[][] counts = new double[components][];
            double[] weights = new double[components];
            double[] factors = new double[components];
            double[] cells = new double[rows.Columns];
            for (int k = 0; k < components; k++)
            {
                (sums[k], counts[k]) = (new double[rows.Columns], new double[rows.Columns]);
            }
            for (int index = 0; index < rows.ChunkCount; index++)
            {
                RowChunk chunk = rows.GetChunk(index);
                for (int row = 0; row < chunk.Rows; row++)
                {
                    if (!chunk.Known.Knows(row))
                    {
                        continue;
                    }
                    chunk.CopyRow(row, cells);
                    double total = 0;
                    for (int k = 0; k < components; k++)
                    {
                        total += factors[k] = Elementary.Exp(chunk.Known.LogFactor(row, k));
                    }
                    for (int k = 0; k < components; k++)
                    {
                        double share = factors[k] / total * (chunk.Weights.IsEmpty ? 1 : chunk.Weights[row]);
                        weights[k] += share;
                        for (int column = 0; column < cells.Length && share > 0; column++)
                        {
                            bool observed = !double.IsNaN(cells[column]);
                            sums[k][column] += observed ? share * cells[column] : 0;
                            counts[k][column] += observed ? share : 0;
                        }
                    }
                }
            }
            return new Means([.. sums.Select((sum, k) => sum.Select((value, column) => value / counts[k][column]).ToArray())], weights);
        }
    }
}
