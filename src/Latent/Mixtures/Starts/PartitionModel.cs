using Latent.Data;

namespace Latent.Mixtures.Starts;

/// <summary>
/// The mixture with its E-step replaced by a given assignment of rows to components: one M-step of it turns a partition
/// into a start. Its own log-likelihood has no meaning.
/// </summary>
internal sealed class PartitionModel<TComponent>(MixtureModel<TComponent> model, IAssignment assignment) : IEmModel<Mixture<TComponent>, RowChunk>
{
    public int StatisticLength => model.StatisticLength;

    public double Expect(Mixture<TComponent> parameters, RowChunk chunk, Span<double> statistic)
    {
        MixtureWorkspace<TComponent> workspace = model.Rent();
        Span<int> labels = stackalloc int[RowTile.Capacity];
        for (int start = 0; start < chunk.Rows; start += RowTile.Capacity)
        {
            int count = Math.Min(RowTile.Capacity, chunk.Rows - start);
            workspace.Load(parameters, chunk, start, count, prune: false);
            assignment.Assign(chunk, start, labels[..count]);
            for (int k = 0; k < model.Components; k++)
            {
                Span<double> weights = workspace.Joint(k);
                double sum = 0;
                for (int row = 0; row < weights.Length; row++)
                {
                    weights[row] = row < count && labels[row] == k ? workspace.Tile.Weights[row] : 0;
                    sum += weights[row];
                }
                statistic[k] += sum;
                workspace.Accumulate(parameters.Components[k], k, model.ComponentStatistic(statistic, k));
            }
            workspace.AccumulateTile(model.Components, model.TileStatistic(statistic));
        }
        model.Return(workspace);
        return 0;
    }

    public Mixture<TComponent> Maximize(ReadOnlySpan<double> statistic, Mixture<TComponent> current)
    {
        int empty = statistic[..model.Components].IndexOf(0.0);
        if (empty >= 0)
        {
            throw new DegenerateStartException($"Expected every component of the start to have rows, found none for component {empty + 1}.");
        }
        return model.Maximize(statistic, current);
    }
}

/// <summary>Gives every row a component.</summary>
internal interface IAssignment
{
    /// <summary>Writes the component, from 0, of each row from <paramref name="start"/> on; −1 leaves the row out.</summary>
    void Assign(in RowChunk chunk, int start, Span<int> labels);
}

/// <summary>A partition that is known, by row index.</summary>
internal sealed class KnownLabels(IReadOnlyList<int> labels) : IAssignment
{
    public void Assign(in RowChunk chunk, int start, Span<int> target)
    {
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = labels[checked((int)(chunk.FirstRow + start + row))];
        }
    }
}

/// <summary>The nearest of some centres, columns measured in their standard deviations; ties go to the lower index.</summary>
internal sealed class NearestCentre(double[][] centres, double[] scales) : IAssignment
{
    public void Assign(in RowChunk chunk, int start, Span<int> labels)
    {
        for (int row = 0; row < labels.Length; row++)
        {
            double nearest = double.PositiveInfinity;
            labels[row] = 0;
            for (int k = 0; k < centres.Length; k++)
            {
                double distance = 0;
                for (int column = 0; column < scales.Length && distance < nearest; column++)
                {
                    double deviation = (chunk[start + row, column] - centres[k][column]) * scales[column];
                    distance += deviation * deviation;
                }
                if (distance < nearest)
                {
                    (nearest, labels[row]) = (distance, k);
                }
            }
        }
    }
}
