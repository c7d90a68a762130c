using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Mixtures.Starts;

/// <summary>Gives every row its responsibilities.</summary>
internal interface IAssignment
{
    /// <summary>
    /// Writes the responsibilities of rows [<paramref name="start"/>, start + <paramref name="count"/>): that of component k for the i-th of them
    /// at k·<see cref="RowTile.Capacity"/> + i. All are zero before; a row that stays so is left out.
    /// </summary>
    void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities);
}

/// <summary>A partition that is known, by row index; −1 leaves a row out.</summary>
internal sealed class KnownLabels(IReadOnlyList<int> labels) : IAssignment
{
    public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
    {
        for (int row = 0; row < count; row++)
        {
            int label = labels[checked((int)(chunk.FirstRow + start + row))];
            if (label >= 0)
            {
                responsibilities[label * RowTile.Capacity + row] = 1;
            }
        }
    }
}

/// <summary>The nearest of some centres, columns measured in their standard deviations, missing cells without a part; ties go to the lower index.</summary>
internal sealed class NearestCentre(double[][] centres, double[] scales) : IAssignment
{
    public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
    {
        for (int row = 0; row < count; row++)
        {
            (double nearest, int label) = (double.PositiveInfinity, 0);
            for (int k = 0; k < centres.Length; k++)
            {
                double distance = 0;
                for (int column = 0; column < scales.Length && distance < nearest; column++)
                {
                    double deviation = (chunk[start + row, column] - centres[k][column]) * scales[column];
                    distance += double.IsNaN(deviation) ? 0 : deviation * deviation;
                }
                if (distance < nearest)
                {
                    (nearest, label) = (distance, k);
                }
            }
            responsibilities[label * RowTile.Capacity + row] = 1;
        }
    }
}

/// <summary>Responsibilities drawn uniformly from the simplex, the same for a row whatever visits it.</summary>
internal sealed class RandomResponsibilities(ulong seed, int components) : IAssignment
{
    public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
    {
        RandomGenerator random = new(seed, (ulong)(chunk.FirstRow + start));
        for (int row = 0; row < count; row++)
        {
            // Exponential variables over their sum are a Dirichlet(1, …, 1) vector.
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

/// <summary>The responsibilities of a mixture, one component of which is cut in two by a plane: the far side becomes a new, last component.</summary>
/// <param name="model">The model of the mixture.</param>
/// <param name="mixture">The mixture.</param>
/// <param name="cut">The component to cut, and where.</param>
internal sealed class CutComponent<TComponent>(MixtureModel<TComponent> model, Mixture<TComponent> mixture, Cut cut) : IAssignment
{
    public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
    {
        MixtureWorkspace<TComponent> workspace = model.Rent();
        workspace.Load(mixture, chunk.WithWeights(default, chunk.FirstRow).WithKnown(default), start, count);
        workspace.Normalize();
        workspace.Joints[..(mixture.Count * RowTile.Capacity)].CopyTo(responsibilities);
        model.Return(workspace);
        Span<double> near = responsibilities.Slice(cut.Component * RowTile.Capacity, RowTile.Capacity);
        Span<double> far = responsibilities.Slice(mixture.Count * RowTile.Capacity, RowTile.Capacity);
        for (int row = 0; row < count; row++)
        {
            double side = 0;
            for (int column = 0; column < cut.Normal.Length; column++)
            {
                double deviation = (chunk[start + row, column] - cut.Centre[column]) * cut.Normal[column];
                side += double.IsNaN(deviation) ? 0 : deviation;
            }
            if (side > 0)
            {
                (far[row], near[row]) = (near[row], 0);
            }
        }
    }
}

/// <summary>The responsibilities of a mixture without one of its components, which gets some rows all to itself instead.</summary>
/// <param name="model">The model of the mixture.</param>
/// <param name="mixture">The mixture.</param>
/// <param name="component">The component that begins anew.</param>
/// <param name="own">Whether a row belongs to it, by row index.</param>
internal sealed class ReseededComponent<TComponent>(MixtureModel<TComponent> model, Mixture<TComponent> mixture, int component, bool[] own) : IAssignment
{
    public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
    {
        MixtureWorkspace<TComponent> workspace = model.Rent();
        workspace.Load(mixture, chunk.WithWeights(default, chunk.FirstRow), start, count, prune: false);
        workspace.Joint(component).Fill(double.NegativeInfinity);
        workspace.Normalize();
        workspace.Joints[..(mixture.Count * RowTile.Capacity)].CopyTo(responsibilities);
        model.Return(workspace);
        for (int row = 0; row < count; row++)
        {
            if (own[checked((int)(chunk.FirstRow + start + row))])
            {
                for (int k = 0; k < mixture.Count; k++)
                {
                    responsibilities[k * RowTile.Capacity + row] = k == component ? 1 : 0;
                }
            }
        }
    }
}
