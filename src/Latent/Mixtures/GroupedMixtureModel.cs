using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Latent.Data;
using Latent.Kernels;

namespace Latent.Mixtures;

/// <summary>
/// The mixture of any family over groups of rows that share their component, such as repeated measures of one person: p(group) = Σₖ πₖ·Π f(row; θₖ). A group is a sequence of a
/// <see cref="SequenceSource"/>; its weight is that of its first row. The statistic is that of <see cref="MixtureModel{TComponent}"/>, with groups counted instead of rows.
/// </summary>
/// <param name="rows">The same mixture of rows one by one.</param>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public sealed class GroupedMixtureModel<TComponent>(MixtureModel<TComponent> rows)
    : IEmModel<Mixture<TComponent>, SequenceChunk>, ICoordinates<Mixture<TComponent>>, INaturalParameters<Mixture<TComponent>>, IDegeneracyReport<Mixture<TComponent>>
{
    private const int Stride = RowTile.Capacity;

    /// <inheritdoc/>
    public int StatisticLength => rows.StatisticLength;

    /// <summary>Free parameters: K − 1 mixing weights and those of the components.</summary>
    public int FreeParameters => rows.FreeParameters;

    private int Components => rows.Components;

    /// <inheritdoc/>
    public double Expect(Mixture<TComponent> parameters, SequenceChunk chunk, Span<double> statistic)
    {
        double[] posteriors = ArrayPool<double>.Shared.Rent(Components * chunk.Sequences);
        MixtureWorkspace<TComponent> workspace = rows.Rent();
        double objective = 0;
        Posteriors(parameters, chunk, workspace, posteriors);
        for (int group = 0; group < chunk.Sequences; group++)
        {
            double weight = chunk.Weight(group);
            objective += Normalize(posteriors.AsSpan(group * Components, Components), weight);
            for (int k = 0; k < Components; k++)
            {
                statistic[k] += posteriors[group * Components + k];
            }
        }
        RowChunk steps = chunk.Steps.WithWeights(default, chunk.Steps.FirstRow);
        int at = 0;
        for (int start = 0; start < steps.Rows; start += Stride)
        {
            workspace.Load(parameters, steps, start, Math.Min(Stride, steps.Rows - start), prune: false);
            Share(chunk, workspace, posteriors, start, ref at);
            for (int k = 0; k < Components; k++)
            {
                workspace.Accumulate(parameters.Components[k], k, rows.ComponentStatistic(statistic, k));
            }
            workspace.AccumulateTile(Components, rows.TileStatistic(statistic));
        }
        rows.Return(workspace);
        ArrayPool<double>.Shared.Return(posteriors);
        return objective;
    }

    /// <inheritdoc/>
    public Mixture<TComponent> Maximize(ReadOnlySpan<double> statistic, Mixture<TComponent> current) => rows.Maximize(statistic, current);

    /// <inheritdoc/>
    public double LogPrior(Mixture<TComponent> parameters) => rows.LogPrior(parameters);

    /// <summary>log p(group) of every group of a chunk, and its posterior probabilities, row-major, groups × K.</summary>
    public void Evaluate(Mixture<TComponent> parameters, SequenceChunk chunk, Span<double> logDensity, Span<double> posteriors)
    {
        MixtureWorkspace<TComponent> workspace = rows.Rent();
        double[] own = new double[Components * chunk.Sequences];
        Posteriors(parameters, chunk, workspace, own);
        for (int group = 0; group < chunk.Sequences; group++)
        {
            logDensity[group] = Normalize(own.AsSpan(group * Components, Components), 1);
        }
        own.CopyTo(posteriors);
        rows.Return(workspace);
    }

    /// <inheritdoc/>
    public int CoordinateCount(Mixture<TComponent> parameters) => rows.CoordinateCount(parameters);

    /// <inheritdoc/>
    public void WriteCoordinates(Mixture<TComponent> parameters, Span<double> point) => rows.WriteCoordinates(parameters, point);

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, Mixture<TComponent> like, [MaybeNullWhen(false)] out Mixture<TComponent> parameters) =>
        rows.TryReadCoordinates(point, like, out parameters);

    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(Mixture<TComponent> parameters) => rows.NaturalParameters(parameters);

    /// <inheritdoc/>
    public void WriteNaturalParameters(Mixture<TComponent> parameters, Span<double> values) => rows.WriteNaturalParameters(parameters, values);

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(Mixture<TComponent> parameters) => rows.Degeneracies(parameters);

    // log πₖ + Σ log f over the rows of each group, groups × K.
    private void Posteriors(Mixture<TComponent> parameters, SequenceChunk chunk, MixtureWorkspace<TComponent> workspace, Span<double> posteriors)
    {
        for (int cell = 0; cell < Components * chunk.Sequences; cell++)
        {
            posteriors[cell] = parameters.LogWeights[cell % Components];
        }
        RowChunk steps = chunk.Steps.WithWeights(default, chunk.Steps.FirstRow);
        int group = 0;
        for (int start = 0; start < steps.Rows; start += Stride)
        {
            int count = Math.Min(Stride, steps.Rows - start);
            workspace.Load(parameters, steps, start, count, prune: false);
            for (int row = 0; row < count; row++)
            {
                while (chunk.Offsets[group + 1] <= start + row)
                {
                    group++;
                }
                for (int k = 0; k < Components; k++)
                {
                    posteriors[group * Components + k] += parameters.Weights[k] > 0 ? workspace.Joint(k)[row] - parameters.LogWeights[k] : 0;
                }
            }
        }
    }

    // Each row takes its group's posterior.
    private void Share(SequenceChunk chunk, MixtureWorkspace<TComponent> workspace, ReadOnlySpan<double> posteriors, int start, ref int group)
    {
        int count = Math.Min(Stride, chunk.Steps.Rows - start);
        for (int row = 0; row < count; row++)
        {
            while (chunk.Offsets[group + 1] <= start + row)
            {
                group++;
            }
            for (int k = 0; k < Components; k++)
            {
                workspace.Joint(k)[row] = posteriors[group * Components + k];
            }
        }
        for (int k = 0; k < Components; k++)
        {
            workspace.Joint(k)[count..].Clear();
        }
    }

    /// <summary>Joint log-densities to posteriors times the weight; returns the weight times their log-sum.</summary>
    private static double Normalize(Span<double> joint, double weight)
    {
        double greatest = double.NegativeInfinity;
        foreach (double value in joint)
        {
            greatest = Math.Max(greatest, value);
        }
        if (weight == 0 || double.IsNegativeInfinity(greatest))
        {
            joint.Clear();
            return weight == 0 ? 0 : double.NegativeInfinity;
        }
        double sum = 0;
        foreach (ref double value in joint)
        {
            value = Elementary.Exp(value - greatest);
            sum += value;
        }
        foreach (ref double value in joint)
        {
            value *= weight / sum;
        }
        return weight * (greatest + Elementary.Log(sum));
    }
}
