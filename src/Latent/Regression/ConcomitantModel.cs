using System.Collections.Concurrent;
using Latent.Data;
using Latent.Kernels;
using Latent.Mixtures;

namespace Latent.Regression;

/// <summary>
/// The mixture of any family with weights that depend on columns of the rows, as an EM model. The statistic is [gradient of γ₂ … γ_K | their information, lower triangle | family
/// statistic of component 1 | … | K]; the M-step of γ is the safe Newton step of <see cref="DampedNewton"/>.
/// </summary>
/// <param name="constant">The mixture with constant weights.</param>
/// <param name="first">The first of the columns that the weights depend on.</param>
/// <param name="standardization">Their units.</param>
/// <param name="names">Their names.</param>
/// <param name="reach">The largest size of each in those units.</param>
internal sealed partial class ConcomitantModel<TComponent>(MixtureModel<TComponent> constant, int first, Standardization standardization, IReadOnlyList<string> names, double[] reach)
    : IEmModel<ConcomitantMixture<TComponent>, RowChunk>, IDegeneracyReport<ConcomitantMixture<TComponent>>
{
    private readonly ConcurrentBag<ConcomitantWorkspace<TComponent>> _workspaces = [];

    public int StatisticLength => GateLength + Components * constant.Family.StatisticLength;

    /// <summary>The coefficients of all components but the first, and the components' own.</summary>
    public int FreeParameters => Free + constant.FreeParameters - (Components - 1);

    private int Components => constant.Components;

    private int Terms => standardization.Count;

    private int Free => (Components - 1) * Terms;

    private int GateLength => Free + Free * (Free + 1) / 2;

    /// <summary>The mixture with the same weights for every row: γₖ is log πₖ/π₁ at the intercept.</summary>
    public ConcomitantMixture<TComponent> From(Mixture<TComponent> mixture, int intercept)
    {
        double[] gate = new double[Components * Terms];
        for (int k = 1; k < Components && intercept >= 0; k++)
        {
            gate[k * Terms + intercept] = Math.Clamp(mixture.LogWeights[k] - mixture.LogWeights[0], -20, 20);
        }
        return new ConcomitantMixture<TComponent>(gate, mixture.Components.AsSpan());
    }

    public double Expect(ConcomitantMixture<TComponent> parameters, RowChunk chunk, Span<double> statistic)
    {
        double objective = 0;
        int length = constant.Family.StatisticLength;
        ConcomitantWorkspace<TComponent> workspace = Rent();
        for (int start = 0; start < chunk.Rows; start += RowTile.Capacity)
        {
            objective += workspace.Load(parameters, chunk, start, Math.Min(RowTile.Capacity, chunk.Rows - start), first);
            AccumulateGate(workspace, statistic[..GateLength]);
            for (int k = 0; k < Components; k++)
            {
                workspace.Mixture.Accumulate(parameters.Components[k], k, statistic.Slice(GateLength + k * length, length));
            }
        }
        _workspaces.Add(workspace);
        return objective;
    }

    public ConcomitantMixture<TComponent> Maximize(ReadOnlySpan<double> statistic, ConcomitantMixture<TComponent> current)
    {
        double[] step = DampedNewton.StepOf(statistic[..Free], statistic[Free..GateLength], Reach);
        double[] gate = [.. current.Gate];
        for (int index = 0; index < Free; index++)
        {
            gate[Terms + index] += step[index];
        }
        return new ConcomitantMixture<TComponent>(gate, constant.EstimateComponents(statistic[GateLength..], current.Components.AsSpan()));
    }

    /// <summary>log p(row) of every row of a chunk; where asked for its posteriors and its weights before the response is seen, both row-major, rows × K.</summary>
    public void Evaluate(ConcomitantMixture<TComponent> parameters, RowChunk chunk, Span<double> logDensity, Span<double> responsibilities, Span<double> shares)
    {
        ConcomitantWorkspace<TComponent> workspace = Rent();
        RowChunk unweighted = chunk.WithWeights(default, chunk.FirstRow);
        for (int start = 0; start < chunk.Rows; start += RowTile.Capacity)
        {
            int count = Math.Min(RowTile.Capacity, chunk.Rows - start);
            workspace.Load(parameters, unweighted, start, count, first);
            workspace.Mixture.LogDensity[..count].CopyTo(logDensity[start..]);
            for (int k = 0; k < Components; k++)
            {
                Transpose(workspace.Mixture.Joint(k)[..count], responsibilities, start, k);
                Transpose(workspace.Shares(k)[..count], shares, start, k);
            }
        }
        _workspaces.Add(workspace);
    }

    public IEnumerable<(int Component, string Message)> Degeneracies(ConcomitantMixture<TComponent> parameters) =>
        constant.Degeneracies(parameters.Equal);

    private void Transpose(ReadOnlySpan<double> column, Span<double> target, int start, int k)
    {
        for (int row = 0; row < column.Length && !target.IsEmpty; row++)
        {
            target[(start + row) * Components + k] = column[row];
        }
    }

    // Gradient z(r − wπ), information w·πₖ(δₖₗ − πₗ)·zzᵀ.
    private void AccumulateGate(ConcomitantWorkspace<TComponent> workspace, Span<double> statistic)
    {
        int rows = workspace.Mixture.PaddedRows;
        ReadOnlySpan<double> weights = workspace.Mixture.Tile.Weights;
        Span<double> values = stackalloc double[RowTile.Capacity];
        values = values[..rows];
        for (int index = 0; index < Free; index++)
        {
            int k = 1 + index / Terms;
            ReadOnlySpan<double> z = workspace.Mixture.Raw.Column(first + index % Terms);
            ReadOnlySpan<double> share = workspace.Shares(k);
            ReadOnlySpan<double> taken = workspace.Mixture.Joint(k);
            for (int row = 0; row < rows; row++)
            {
                values[row] = z[row] * (taken[row] - weights[row] * share[row]);
            }
            statistic[index] += LaneSum.Of(values);
        }
        int place = Free;
        for (int i = 0; i < Free; i++)
        {
            ReadOnlySpan<double> left = workspace.Mixture.Raw.Column(first + i % Terms);
            ReadOnlySpan<double> own = workspace.Shares(1 + i / Terms);
            for (int j = 0; j <= i; j++)
            {
                bool same = i / Terms == j / Terms;
                ReadOnlySpan<double> right = workspace.Mixture.Raw.Column(first + j % Terms);
                ReadOnlySpan<double> other = workspace.Shares(1 + j / Terms);
                for (int row = 0; row < rows; row++)
                {
                    values[row] = weights[row] * own[row] * ((same ? 1 : 0) - other[row]) * left[row] * right[row];
                }
                statistic[place++] += LaneSum.Of(values);
            }
        }
    }

    // The difference of two components' predictors moves by Σ |δₖⱼ − δₗⱼ|·max |zⱼ| at most, the first component's being 0.
    private double Reach(ReadOnlySpan<double> step)
    {
        double largest = 0;
        for (int k = 0; k < Components; k++)
        {
            for (int l = 0; l < k; l++)
            {
                double moved = 0;
                for (int j = 0; j < Terms; j++)
                {
                    double other = l == 0 ? 0 : step[(l - 1) * Terms + j];
                    moved += Math.Abs(step[(k - 1) * Terms + j] - other) * reach[j];
                }
                largest = Math.Max(largest, moved);
            }
        }
        return largest;
    }

    private ConcomitantWorkspace<TComponent> Rent() =>
        _workspaces.TryTake(out ConcomitantWorkspace<TComponent>? workspace) ? workspace : new ConcomitantWorkspace<TComponent>(constant);
}
