using System.Collections.Concurrent;
using Latent.Data;

namespace Latent.Regression;

/// <summary>
/// Counts of which some zeros are structural [Lambert1992]: P(0) = π(z) + (1 − π(z))·f(0 | x), logit π = zᵀγ, as an EM model. What is missing is which zeros are structural;
/// only they have a responsibility r = π/(π + (1 − π)·f(0)). The statistic is [Σ z(r − π) | Σ π(1 − π)zzᵀ, lower triangle | statistic of the counts' family with weights 1 − r]; both M-steps
/// are the safe Newton step of <see cref="DampedNewton"/>.
/// </summary>
/// <param name="family">The regression of the counts.</param>
/// <param name="units">The units of the terms of the zero part.</param>
/// <param name="reach">The largest size of each in those units.</param>
internal sealed partial class ZeroInflatedModel(RegressionFamily family, Standardization units, double[] reach) : IEmModel<ZeroInflatedParameters, RowChunk>
{
    private const int Stride = RowTile.Capacity;

    private readonly ConcurrentBag<ZeroInflatedWorkspace> _workspaces = [];

    public int StatisticLength => ZeroLength + family.StatisticLength;

    /// <summary>The coefficients of both parts, and the dispersion where there is one.</summary>
    public int FreeParameters => Terms + family.FreeParameters;

    private int Terms => units.Count;

    private int ZeroLength => Terms + Terms * (Terms + 1) / 2;

    public double Expect(ZeroInflatedParameters parameters, RowChunk chunk, Span<double> statistic)
    {
        double objective = 0;
        ZeroInflatedWorkspace workspace = Rent();
        for (int start = 0; start < chunk.Rows; start += Stride)
        {
            objective += workspace.Load(parameters, chunk, start, Math.Min(Stride, chunk.Rows - start));
            workspace.Accumulate(parameters, statistic[..ZeroLength], statistic[ZeroLength..]);
        }
        _workspaces.Add(workspace);
        return objective;
    }

    public ZeroInflatedParameters Maximize(ReadOnlySpan<double> statistic, ZeroInflatedParameters current)
    {
        double[] zero = DampedNewton.StepOf(statistic[..Terms], statistic[Terms..ZeroLength], Reach);
        for (int term = 0; term < zero.Length; term++)
        {
            zero[term] += current.Zero[term];
        }
        return new ZeroInflatedParameters(zero, family.Estimate(statistic[ZeroLength..], current.Count));
    }

    /// <summary>log p(y), the posterior probability of a structural zero and π(z) of every row of a chunk.</summary>
    public void Evaluate(ZeroInflatedParameters parameters, RowChunk chunk, Span<double> logDensity, Span<double> structural, Span<double> prior)
    {
        ZeroInflatedWorkspace workspace = Rent();
        RowChunk unweighted = chunk.WithWeights(default, chunk.FirstRow);
        for (int start = 0; start < chunk.Rows; start += Stride)
        {
            int count = Math.Min(Stride, chunk.Rows - start);
            workspace.Load(parameters, unweighted, start, count);
            workspace.LogDensity[..count].CopyTo(logDensity[start..]);
            workspace.Structural[..count].CopyTo(structural[start..]);
            workspace.Prior[..count].CopyTo(prior[start..]);
        }
        _workspaces.Add(workspace);
    }

    // Σ |δⱼ|·max |zⱼ|: no row's log-odds move further.
    private double Reach(ReadOnlySpan<double> step)
    {
        double moved = 0;
        for (int j = 0; j < step.Length; j++)
        {
            moved += Math.Abs(step[j]) * reach[j];
        }
        return moved;
    }

    private ZeroInflatedWorkspace Rent() => _workspaces.TryTake(out ZeroInflatedWorkspace? workspace) ? workspace : new ZeroInflatedWorkspace(family);
}
