using Latent.Kernels;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Markov;

/// <summary>
/// The stationary distribution δ = δA of a chain, and the M-step where it is the initial distribution: the maximum over A of
/// Σ nᵢ log δᵢ(A) + Σ nᵢⱼ log Aᵢⱼ, which has no closed form.
/// </summary>
internal static class StationaryChain
{
    private const int MostSteps = 200;
    private const int MostHalvings = 40;

    /// <summary>δ, or null where the chain has several.</summary>
    public static double[]? Distribution(ReadOnlySpan<double> transition, int states)
    {
        // δ(I − A + E) = 1ᵀ, E all ones: regular if and only if δ is unique.
        double[] values = transition.ToArray();
        Matrix<double> system = Matrix<double>.Build.Dense(states, states, (row, column) => 1 + (row == column ? 1 : 0) - values[column * states + row]);
        double[] found = system.LU().Solve(Vector<double>.Build.Dense(states, 1)).ToArray();
        double sum = 0;
        for (int state = 0; state < states; state++)
        {
            if (!(found[state] > -1e-9) || found[state] > 1 + 1e-9)
            {
                return null;
            }
            found[state] = Math.Max(0, found[state]);
            sum += found[state];
        }
        return Math.Abs(sum - 1) < 1e-6 ? Array.ConvertAll(found, value => value / sum) : null;
    }

    /// <summary>The transitions that maximise the expected log-likelihood of first steps and transitions together; never worse than <paramref name="current"/>.</summary>
    /// <param name="initial">nᵢ.</param>
    /// <param name="counts">nᵢⱼ.</param>
    /// <param name="current">The transitions now.</param>
    /// <remarks>
    /// The gradient of log δ_k by Aᵢⱼ is δᵢZⱼₖ/δ_k with Z = (I − A + 1δᵀ)⁻¹ [Schweitzer1968]. Each step maximises the concave function that has Σ nᵢ log δᵢ replaced by its tangent:
    /// Aᵢⱼ = nᵢⱼ/(λᵢ − δᵢgⱼ), g = Z(n/δ), and goes that way as far as the objective rises.
    /// </remarks>
    public static double[] Maximize(ReadOnlySpan<double> initial, ReadOnlySpan<double> counts, ReadOnlySpan<double> current)
    {
        int states = initial.Length;
        double[] best = current.ToArray();
        double most = Objective(initial, counts, best);
        double[] plain = Rows(counts, current, states);
        double reached = Objective(initial, counts, plain);
        if (reached > most)
        {
            (best, most) = (plain, reached);
        }
        for (int step = 0; step < MostSteps; step++)
        {
            if (Target(initial, counts, best) is not { } target)
            {
                break;
            }
            double before = most;
            double fraction = 1;
            for (int halving = 0; halving < MostHalvings; halving++, fraction /= 2)
            {
                double[] candidate = new double[best.Length];
                for (int at = 0; at < candidate.Length; at++)
                {
                    candidate[at] = best[at] + fraction * (target[at] - best[at]);
                }
                double value = Objective(initial, counts, candidate);
                if (value > most)
                {
                    (best, most) = (candidate, value);
                    break;
                }
            }
            if (!(most - before > 1e-15 * (1 + Math.Abs(most))))
            {
                break;
            }
        }
        return best;
    }

    private static double Objective(ReadOnlySpan<double> initial, ReadOnlySpan<double> counts, double[] transition)
    {
        int states = initial.Length;
        if (Distribution(transition, states) is not { } stationary)
        {
            return double.NegativeInfinity;
        }
        double sum = 0;
        for (int state = 0; state < states; state++)
        {
            sum += initial[state] > 0 ? initial[state] * Elementary.Log(stationary[state]) : 0;
        }
        for (int at = 0; at < counts.Length; at++)
        {
            sum += counts[at] > 0 ? counts[at] * Elementary.Log(transition[at]) : 0;
        }
        return sum;
    }

    /// <summary>nᵢⱼ/nᵢ; a row without transitions stays.</summary>
    private static double[] Rows(ReadOnlySpan<double> counts, ReadOnlySpan<double> current, int states)
    {
        double[] rows = current.ToArray();
        for (int from = 0; from < states; from++)
        {
            ReadOnlySpan<double> row = counts.Slice(from * states, states);
            double total = 0;
            foreach (double count in row)
            {
                total += count;
            }
            for (int to = 0; to < states && total > 0; to++)
            {
                rows[from * states + to] = row[to] / total;
            }
        }
        return rows;
    }

    private static double[]? Target(ReadOnlySpan<double> initial, ReadOnlySpan<double> counts, double[] transition)
    {
        int states = initial.Length;
        if (Distribution(transition, states) is not { } stationary)
        {
            return null;
        }
        Matrix<double> fundamental = Matrix<double>.Build.Dense(states, states, (row, column) => (row == column ? 1 : 0) - transition[row * states + column] + stationary[column]);
        double[] ratios = new double[states];
        for (int state = 0; state < states; state++)
        {
            ratios[state] = initial[state] > 0 ? initial[state] / stationary[state] : 0;
        }
        double[] slopes = fundamental.LU().Solve(Vector<double>.Build.Dense(ratios)).ToArray();
        double[] target = [.. transition];
        for (int from = 0; from < states; from++)
        {
            Row(counts.Slice(from * states, states), Array.ConvertAll(slopes, slope => stationary[from] * slope), target.AsSpan(from * states, states));
        }
        return Array.TrueForAll(target, double.IsFinite) ? target : null;
    }

    /// <summary>nⱼ/(λ − hⱼ) with λ such that they sum to one: Newton's method on the convex, falling function of λ, from where it is above one.</summary>
    private static void Row(ReadOnlySpan<double> counts, ReadOnlySpan<double> slopes, Span<double> row)
    {
        double multiplier = double.NegativeInfinity;
        for (int to = 0; to < row.Length; to++)
        {
            // Here the term alone is one, so that the sum is at least one and λ not too great.
            multiplier = counts[to] > 0 ? Math.Max(multiplier, slopes[to] + counts[to]) : multiplier;
        }
        if (double.IsNegativeInfinity(multiplier))
        {
            return;
        }
        for (int step = 0; step < 100; step++)
        {
            double sum = 0;
            double slope = 0;
            for (int to = 0; to < row.Length; to++)
            {
                double term = counts[to] > 0 ? counts[to] / (multiplier - slopes[to]) : 0;
                sum += term;
                slope += counts[to] > 0 ? term / (multiplier - slopes[to]) : 0;
                row[to] = term;
            }
            if (sum - 1 <= 1e-15)
            {
                break;
            }
            multiplier += (sum - 1) / slope;
        }
        double total = 0;
        foreach (double term in row)
        {
            total += term;
        }
        foreach (ref double term in row)
        {
            term /= total;
        }
    }
}
