using Latent.Data;
using Latent.Kernels;
using Latent.Mixtures;
using Latent.Mixtures.Starts;
using Latent.Numerics;

namespace Latent.Markov;

/// <summary>A partition of which each row leaves a part to all components alike.</summary>
/// <param name="labels">The component of each row.</param>
/// <param name="components">The number of components.</param>
/// <param name="shared">The part that is shared, from 0 to 1.</param>
internal sealed class SharedLabels(IReadOnlyList<int> labels, int components, double shared) : IAssignment
{
    /// <inheritdoc/>
    public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
    {
        for (int row = 0; row < count; row++)
        {
            int label = labels[checked((int)(chunk.FirstRow + start + row))];
            for (int k = 0; k < components; k++)
            {
                responsibilities[k * RowTile.Capacity + row] = shared / components + (k == label ? 1 - shared : 0);
            }
        }
    }
}

/// <summary>The responsibilities of a mixture of which each row leaves a part to all components alike.</summary>
/// <param name="model">The model of the mixture.</param>
/// <param name="mixture">The mixture.</param>
/// <param name="shared">The part that is shared, from 0 to 1.</param>
internal sealed class SharedResponsibilities<TComponent>(MixtureModel<TComponent> model, Mixture<TComponent> mixture, double shared) : IAssignment
{
    /// <inheritdoc/>
    public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
    {
        MixtureWorkspace<TComponent> workspace = model.Rent();
        workspace.Load(mixture, chunk.WithWeights(default, chunk.FirstRow), start, count);
        workspace.Normalize();
        ReadOnlySpan<double> joints = workspace.Joints[..(mixture.Count * RowTile.Capacity)];
        for (int k = 0; k < mixture.Count; k++)
        {
            for (int row = 0; row < count; row++)
            {
                int at = k * RowTile.Capacity + row;
                responsibilities[at] = shared / mixture.Count + (1 - shared) * joints[at];
            }
        }
        model.Return(workspace);
    }
}

/// <summary>Responsibilities drawn uniformly from the simplex for each distinct row: the same wherever it turns up, so that states differ in what they emit.</summary>
/// <param name="seed">The seed.</param>
/// <param name="components">The number of components.</param>
internal sealed class RandomByValue(ulong seed, int components) : IAssignment
{
    /// <inheritdoc/>
    public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
    {
        for (int row = 0; row < count; row++)
        {
            ulong stream = 0;
            for (int column = 0; column < chunk.Columns; column++)
            {
                stream = (stream ^ BitConverter.DoubleToUInt64Bits(chunk[start + row, column])) * 0x9E3779B97F4A7C15;
            }
            RandomGenerator random = new(seed, stream);
            double sum = 0;
            for (int k = 0; k < components; k++)
            {
                double draw = -Elementary.Log(1 - random.NextDouble());
                responsibilities[k * RowTile.Capacity + row] = draw;
                sum += draw;
            }
            for (int k = 0; k < components && sum > 0; k++)
            {
                responsibilities[k * RowTile.Capacity + row] /= sum;
            }
        }
    }
}
