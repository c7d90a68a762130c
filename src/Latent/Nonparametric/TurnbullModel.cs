using System.Diagnostics.CodeAnalysis;
using Latent.Data;

namespace Latent.Nonparametric;

/// <summary>
/// Turnbull's self-consistency as an EM model: an observation spreads its weight over the intervals it covers in proportion to their masses. An observation adds w/P(run) where its run begins and
/// takes it away after its end; running sums of that statistic times the masses are the expected counts, so that a pass costs rows plus intervals, not their product.
/// </summary>
/// <remarks>Rows are runs: the first and the last interval that an observation covers, counted from 0 (<see cref="CensoredIntervals"/> makes them of times).</remarks>
/// <param name="intervals">The number of intervals.</param>
public sealed class TurnbullModel(int intervals) : IEmModel<IntervalMasses, RowChunk>, ICoordinates<IntervalMasses>
{
    /// <inheritdoc/>
    public int StatisticLength => intervals + 1;

    /// <inheritdoc/>
    public double Expect(IntervalMasses parameters, RowChunk chunk, Span<double> statistic)
    {
        double objective = 0;
        for (int row = 0; row < chunk.Rows; row++)
        {
            double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
            if (weight == 0)
            {
                continue;
            }
            (double from, double to) = (chunk[row, 0], chunk[row, 1]);
            if (!(from >= 0 && from <= to && to < intervals))
            {
                throw new ArgumentException($"Expected runs of intervals from 0 to {intervals - 1}, found {from} to {to} in row {chunk.FirstRow + row + 1}.", nameof(chunk));
            }
            (int first, int last) = ((int)from, (int)to);
            double mass = parameters.Of(first, last);
            objective += weight * Kernels.Elementary.Log(mass);
            statistic[first] += weight / mass;
            statistic[last + 1] -= weight / mass;
        }
        return objective;
    }

    /// <inheritdoc/>
    public IntervalMasses Maximize(ReadOnlySpan<double> statistic, IntervalMasses current)
    {
        double[] counts = Gradient(statistic);
        for (int j = 0; j < counts.Length; j++)
        {
            counts[j] *= current.Masses[j];
        }
        return new IntervalMasses(counts);
    }

    /// <summary>∂ℓ/∂pⱼ = Σ w/P(run) over the observations that cover interval j. At the maximum none exceeds the total weight [Lindsay1983].</summary>
    internal static double[] Gradient(ReadOnlySpan<double> statistic)
    {
        double[] gradient = new double[statistic.Length - 1];
        double sum = 0;
        for (int j = 0; j < gradient.Length; j++)
        {
            sum += statistic[j];
            gradient[j] = Math.Max(0, sum);
        }
        return gradient;
    }

    /// <summary>The masses themselves but the largest of the start: a maximum on the boundary stays at a finite distance, and a point beyond it is refused.</summary>
    public int CoordinateCount(IntervalMasses parameters) => parameters.Masses.Count(mass => mass > 0) - 1;

    /// <inheritdoc/>
    public void WriteCoordinates(IntervalMasses parameters, Span<double> point)
    {
        int last = LastPositive(parameters);
        for (int j = 0, at = 0; j < intervals; j++)
        {
            if (parameters.Masses[j] > 0 && j != last)
            {
                point[at++] = parameters.Masses[j];
            }
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, IntervalMasses like, [MaybeNullWhen(false)] out IntervalMasses parameters)
    {
        int last = LastPositive(like);
        double[] masses = new double[intervals];
        double rest = 1;
        bool feasible = true;
        for (int j = 0, at = 0; j < intervals; j++)
        {
            if (like.Masses[j] > 0 && j != last)
            {
                masses[j] = point[at++];
                rest -= masses[j];
                feasible &= masses[j] > 0;
            }
        }
        masses[last] = rest;
        parameters = feasible && rest > 0 ? new IntervalMasses(masses) : null;
        return parameters is not null;
    }

    private static int LastPositive(IntervalMasses parameters)
    {
        int last = parameters.Masses.Length - 1;
        while (last > 0 && parameters.Masses[last] == 0)
        {
            last--;
        }
        return last;
    }
}
