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
        for (int start = 0; start < chunk.Rows; start += RowTile.Capacity)
        {
            int count = Math.Min(RowTile.Capacity, chunk.Rows - start);
            workspace.Load(parameters, chunk, start, count, prune: false);
            workspace.Joints.Clear();
            assignment.Assign(chunk, start, count, workspace.Joints);
            if (model.Noise is not null)
            {
                statistic[^1] += LeftOut(workspace, count);
            }
            for (int k = 0; k < model.Components; k++)
            {
                Span<double> weights = workspace.Joint(k);
                double sum = 0;
                for (int row = 0; row < weights.Length; row++)
                {
                    weights[row] *= workspace.Tile.Weights[row];
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

    /// <summary>The weight of the rows that belong to no component, which begin as noise.</summary>
    private double LeftOut(MixtureWorkspace<TComponent> workspace, int count)
    {
        double left = 0;
        for (int row = 0; row < count; row++)
        {
            bool taken = false;
            for (int k = 0; k < model.Components && !taken; k++)
            {
                taken = workspace.Joint(k)[row] > 0;
            }
            left += taken ? 0 : workspace.Tile.Weights[row];
        }
        return left;
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
