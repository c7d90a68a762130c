using MathNet.Numerics.LinearAlgebra;

namespace Latent.Engine;

/// <summary>
/// Σₘ sₘ·∂²ηₘ/∂φ∂φᵀ: how the natural parameters η (and the log-prior) bend in the coordinates φ, weighted by the score. It touches no data: second
/// differences at two steps, extrapolated; pairs of coordinates that move no parameter in common are left at 0.
/// </summary>
internal static class NaturalCurvature
{
    private const double Step = 1e-2;
    private const int MostAttempts = 7;

    /// <summary>The sum for the free coordinates.</summary>
    /// <param name="chart">The neighbourhood.</param>
    /// <param name="score">s, one value per natural parameter and one for the log-prior.</param>
    /// <param name="active">The free coordinates.</param>
    /// <exception cref="NumericalException">There are no parameters around the estimate.</exception>
    public static Matrix<double> Of<TParameters>(Chart<TParameters> chart, double[] score, IReadOnlyList<int> active)
    {
        double[] origin = chart.NaturalAt(chart.Estimate);
        double[] steps = [.. active.Select(j => Step * Math.Max(1, Math.Abs(chart.Origin[j])))];
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            bool[,] related = Related(chart, active, steps);
            if (Differences(chart, score, origin, active, steps, related) is { } wide
                && Differences(chart, score, origin, active, [.. steps.Select(step => step / 2)], related) is { } near)
            {
                return near + (near - wide) / 3;
            }
            steps = [.. steps.Select(step => step / 8)];
        }
        throw new NumericalException("Expected parameters all around the estimate, found none for some pairs of coordinates. The estimate lies too close to a boundary.");
    }

    private static Matrix<double>? Differences<TParameters>(
        Chart<TParameters> chart, double[] score, double[] origin, IReadOnlyList<int> active, double[] steps, bool[,] related)
    {
        int count = active.Count;
        Matrix<double> curvature = Matrix<double>.Build.Dense(count, count);
        double[] sides = new double[count];
        double[] point = [.. chart.Origin];
        for (int a = 0; a < count; a++)
        {
            if (Both(a, a) is not { } side)
            {
                return null;
            }
            sides[a] = side;
            curvature[a, a] = side / (steps[a] * steps[a]);
        }
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < a; b++)
            {
                if (!related[a, b])
                {
                    continue;
                }
                if (Both(a, b) is not { } both)
                {
                    return null;
                }
                curvature[a, b] = curvature[b, a] = (both - sides[a] - sides[b]) / (2 * steps[a] * steps[b]);
            }
        }
        return curvature;

        // The change of s·η one step ahead along a (and b), plus that one step back.
        double? Both(int a, int b)
        {
            double sum = 0;
            foreach (double sign in (ReadOnlySpan<double>)[1, -1])
            {
                (point[active[a]], point[active[b]]) = (chart.Origin[active[a]] + sign * steps[a], chart.Origin[active[b]] + sign * steps[b]);
                bool found = chart.TryAt(point, out TParameters? parameters);
                (point[active[a]], point[active[b]]) = (chart.Origin[active[a]], chart.Origin[active[b]]);
                if (!found)
                {
                    return null;
                }
                double[] values = chart.NaturalAt(parameters!);
                for (int m = 0; m < values.Length; m++)
                {
                    sum += score[m] * (values[m] - origin[m]);
                }
            }
            return sum;
        }
    }

    /// <summary>
    /// Which pairs of coordinates move a natural parameter in common, seen from a point beside the estimate, where no product happens to be 0.
    /// </summary>
    private static bool[,] Related<TParameters>(Chart<TParameters> chart, IReadOnlyList<int> active, double[] steps)
    {
        int count = active.Count;
        double[] beside = [.. chart.Origin];
        for (int a = 0; a < count; a++)
        {
            beside[active[a]] += steps[a] * (0.3 + 0.1 * (a % 7));
        }
        double[]? values = chart.TryAt(beside, out TParameters? parameters) ? chart.NaturalAt(parameters) : null;
        bool[][] moves = new bool[count][];
        for (int a = 0; a < count; a++)
        {
            double[] moved = [.. beside];
            moved[active[a]] += steps[a] / 4;
            double[]? next = values is not null && chart.TryAt(moved, out TParameters? there) ? chart.NaturalAt(there) : null;
            moves[a] = [.. Enumerable.Range(0, chart.Names.Count + 1).Select(m => next is null || next[m] != values![m])];
        }
        bool[,] related = new bool[count, count];
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < count; b++)
            {
                related[a, b] = moves[a].AsSpan().IndexOf(true) >= 0 && Enumerable.Range(0, moves[a].Length).Any(m => moves[a][m] && moves[b][m]);
            }
        }
        return related;
    }
}
