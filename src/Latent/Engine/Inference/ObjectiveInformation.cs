using MathNet.Numerics.LinearAlgebra;

namespace Latent.Engine;

/// <summary>
/// The observed information from the objective alone: second differences at three steps, extrapolated to an error of order h⁶. About 3p(p + 1) passes.
/// </summary>
/// <remarks>
/// Steps are chosen by what they cost in objective, 0.1 nats: the objective's rounding is then some 1e-11 of the drop, and the
/// truncation falls with the square of the number of observations. The standard errors have 6 to 7 digits.
/// </remarks>
internal static class ObjectiveInformation
{
    private const double WantedDrop = 0.1;
    private const int Levels = 3;

    public static Information Find<TParameters, TChunk>(Passes<TParameters, TChunk> passes, Chart<TParameters> chart, IReadOnlyList<int> active)
    {
        int count = active.Count;
        double top = passes.Objective(chart.Estimate);
        if (!double.IsFinite(top))
        {
            throw new NumericalException($"Expected a finite objective at the estimate, found {top}. Every row needs a positive density under the estimate.");
        }
        double[] steps = new double[count];
        for (int a = 0; a < count; a++)
        {
            steps[a] = StepOf(passes, chart, active[a], top);
        }
        for (int attempt = 0; attempt < 6; attempt++)
        {
            if (TryFind(passes, chart, active, steps, top) is { } found)
            {
                return found;
            }
            steps = [.. steps.Select(step => step / 4)];
        }
        throw new NumericalException("Expected parameters all around the estimate, found none for some pairs of coordinates. The estimate lies too close to a boundary.");
    }

    private static Information? TryFind<TParameters, TChunk>(
        Passes<TParameters, TChunk> passes, Chart<TParameters> chart, IReadOnlyList<int> active, double[] steps, double top)
    {
        int count = active.Count;
        double[][,] tables = new double[Levels][,];
        for (int level = 0; level < Levels; level++)
        {
            if (Differences(passes, chart, active, [.. steps.Select(step => step / (1 << level))], top) is not { } table)
            {
                return null;
            }
            tables[level] = table;
        }
        Matrix<double> value = Matrix<double>.Build.Dense(count, count);
        Matrix<double> errors = Matrix<double>.Build.Dense(count, count);
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < count; b++)
            {
                double first = (4 * tables[1][a, b] - tables[0][a, b]) / 3;
                double second = (4 * tables[2][a, b] - tables[1][a, b]) / 3;
                value[a, b] = (16 * second - first) / 15;
                double rounding = 1e-15 * Math.Abs(top) * 64 / (steps[a] * steps[b]);
                errors[a, b] = Math.Max(Math.Abs(value[a, b] - second), rounding);
            }
        }
        double[] unit = [.. Enumerable.Range(0, count).Select(a => ScoreInformation.Unit(value, a))];
        return new Information(value, errors, unit, 0, null, null);
    }

    /// <summary>−∂²L by differences at one step; null where a point is missing.</summary>
    private static double[,]? Differences<TParameters, TChunk>(
        Passes<TParameters, TChunk> passes, Chart<TParameters> chart, IReadOnlyList<int> active, double[] steps, double top)
    {
        int count = active.Count;
        double[,] table = new double[count, count];
        double[] sides = new double[count];
        for (int a = 0; a < count; a++)
        {
            if (At(passes, chart, (active[a], steps[a])) is not { } right || At(passes, chart, (active[a], -steps[a])) is not { } left)
            {
                return null;
            }
            // Falls from the top, summed over both sides.
            sides[a] = (top - right) + (top - left);
            table[a, a] = sides[a] / (steps[a] * steps[a]);
        }
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < a; b++)
            {
                if (At(passes, chart, (active[a], steps[a]), (active[b], steps[b])) is not { } right
                    || At(passes, chart, (active[a], -steps[a]), (active[b], -steps[b])) is not { } left)
                {
                    return null;
                }
                double both = (top - right) + (top - left);
                table[a, b] = table[b, a] = (both - sides[a] - sides[b]) / (2 * steps[a] * steps[b]);
            }
        }
        return table;
    }

    /// <summary>A step along a coordinate that costs about the wanted drop; as large as the coordinate's size where the objective is flat.</summary>
    private static double StepOf<TParameters, TChunk>(Passes<TParameters, TChunk> passes, Chart<TParameters> chart, int coordinate, double top)
    {
        double size = Math.Max(1, Math.Abs(chart.Origin[coordinate]));
        double step = 1e-2 * size;
        for (int attempt = 0; attempt < 16; attempt++)
        {
            if (At(passes, chart, (coordinate, step)) is not { } right || At(passes, chart, (coordinate, -step)) is not { } left)
            {
                step /= 4;
                continue;
            }
            double drop = Math.Abs((top - right) + (top - left)) / 2;
            if (drop > WantedDrop / 5 && drop < WantedDrop * 5)
            {
                break;
            }
            double factor = drop > 1e-13 * Math.Abs(top) ? Math.Clamp(Math.Sqrt(WantedDrop / drop), 0.02, 50) : 8;
            if (factor > 1 && step >= size)
            {
                break;
            }
            step = factor > 1 ? Math.Min(step * factor, size) : step * factor;
        }
        return step;
    }

    private static double? At<TParameters, TChunk>(Passes<TParameters, TChunk> passes, Chart<TParameters> chart, params ReadOnlySpan<(int Coordinate, double By)> moves)
    {
        double[] point = [.. chart.Origin];
        foreach ((int coordinate, double by) in moves)
        {
            point[coordinate] += by;
        }
        if (!chart.TryAt(point, out TParameters? parameters))
        {
            return null;
        }
        double objective = passes.Objective(parameters);
        return double.IsFinite(objective) ? objective : null;
    }
}
