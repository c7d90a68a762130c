using System.Buffers;
using Latent.Data;

namespace Latent.Mixtures;

/// <summary>−Σ w Σₖ r log r as a sweep: an E-step that collects nothing and returns the entropy.</summary>
internal sealed class PosteriorEntropy<TComponent>(MixtureModel<TComponent> model) : IEmModel<Mixture<TComponent>, RowChunk>
{
    public int StatisticLength => 0;

    public double Expect(Mixture<TComponent> parameters, RowChunk chunk, Span<double> statistic)
    {
        MixtureWorkspace<TComponent> workspace = model.Rent();
        double[] joint = ArrayPool<double>.Shared.Rent(model.Densities * RowTile.Capacity);
        double entropy = 0;
        for (int start = 0; start < chunk.Rows; start += RowTile.Capacity)
        {
            workspace.Load(parameters, chunk, start, Math.Min(RowTile.Capacity, chunk.Rows - start));
            for (int k = 0; k < model.Densities; k++)
            {
                workspace.Joint(k).CopyTo(joint.AsSpan(k * RowTile.Capacity));
            }
            workspace.Normalize();
            for (int k = 0; k < model.Densities; k++)
            {
                entropy += Share(workspace.Joint(k), joint.AsSpan(k * RowTile.Capacity), workspace.LogDensity);
            }
        }
        ArrayPool<double>.Shared.Return(joint);
        model.Return(workspace);
        return entropy;
    }

    /// <summary>Σ w·r·(−log r), log r = log π f − log p.</summary>
    private static double Share(ReadOnlySpan<double> weights, ReadOnlySpan<double> joint, ReadOnlySpan<double> logDensity)
    {
        double sum = 0;
        for (int row = 0; row < weights.Length; row++)
        {
            sum += weights[row] > 0 ? weights[row] * (logDensity[row] - joint[row]) : 0;
        }
        return sum;
    }

    public Mixture<TComponent> Maximize(ReadOnlySpan<double> statistic, Mixture<TComponent> current) => current;
}
