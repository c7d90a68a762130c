using System.Diagnostics;
using Latent.Data;
using Latent.Kernels;
using Latent.Mixtures.LatentClasses;
using Latent.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Nonparametric;

/// <summary>
/// The mixing distribution G of ∫ f(x; θ)dG(θ) with the greatest likelihood, of no form at all: it is discrete [Laird1978; Lindsay1983]. From the EM algorithm's own fixed point, weights proportional to Σ w·posterior, it is
/// told by D(θ) = Σ w·f(x; θ)/f(x) − n, which is nowhere positive at the maximum and 0 where there is mass. Each step adds the peaks of D to the support and takes the weights that a quadratic in
/// them calls best, with a search along the line (constrained Newton, [Wang2007]).
/// </summary>
public static class MixingEstimate
{
    private const int GridPoints = 400;

    /// <summary>Fits the distribution.</summary>
    /// <param name="kernel">What is mixed.</param>
    /// <param name="rows">One column of complete values. Weights count as frequencies; equal values are one.</param>
    /// <param name="options">Iterations, time and progress; null for the defaults.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">No rows of positive weight, not one column, or a value without density.</exception>
    public static MixingFit Fit(MixingKernel kernel, IRowSource rows, EmOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(rows);
        options = (options ?? EmOptions.Default).Checked();
        if (rows.Columns != 1 || rows.Rows == 0)
        {
            throw new ArgumentException($"Expected rows of one column, found {rows.Rows} rows of {rows.Columns} columns.", nameof(rows));
        }
        (double[] values, double[] weights) = RowPatterns.Of(rows, giveUp: false);
        Array.Sort(values, weights);
        foreach (double value in values)
        {
            if (double.IsNaN(value) || kernel.Family.Misfit([value]) is not null)
            {
                throw new ArgumentException($"Expected {kernel.Family.Misfit([value])?.Expected ?? "a value"} in column '{rows.Schema[0].Name}', found {(double.IsNaN(value) ? "none" : value)}. Correct it, or leave the row out.", nameof(rows));
            }
        }
        if (!(weights.Sum() > 0))
        {
            throw new ArgumentException("Expected row weights with a positive sum, found 0.", nameof(rows));
        }
        return new Ascent(kernel, values, weights).Run(rows.Schema.Names, options, cancellation);
    }

    private sealed class Ascent(MixingKernel kernel, double[] values, double[] weights)
    {
        private readonly double _total = weights.Sum();
        private readonly double _low = kernel.ToAxis(kernel.Range(values[0], values[^1]).Low);
        private readonly double _high = kernel.ToAxis(kernel.Range(values[0], values[^1]).High);
        private readonly RowChunk _chunk = new(values, 1);

        private double Spacing => (_high - _low) / (GridPoints - 1);

        public MixingFit Run(IReadOnlyList<string> columns, EmOptions options, CancellationToken cancellation)
        {
            Stopwatch clock = Stopwatch.StartNew();
            double[] grid = [.. Enumerable.Range(0, _high > _low ? GridPoints : 1).Select(index => Math.Min(_high, _low + index * Spacing))];
            double[][] onGrid = [.. grid.Select(LogDensities)];
            State state = new([grid[grid.Length / 2]], [1]);
            double[] mixture = Mixture(state);
            List<double> trace = [Value(mixture)];
            double bound;
            StopReason? reason = null;
            do
            {
                (double[] peaks, bound) = Peaks(grid, onGrid, mixture);
                double tolerance = 1e-6 + 1e-12 * Math.Abs(trace[^1]);
                reason = bound <= tolerance ? StopReason.Converged
                    : trace.Count > options.MaxIterations ? StopReason.IterationLimit
                    : options.TimeLimit is { } limit && clock.Elapsed > limit ? StopReason.TimeLimit
                    : cancellation.IsCancellationRequested ? StopReason.Cancelled : null;
                if (reason is null)
                {
                    State? next = Step(state, peaks, mixture, trace[^1]);
                    reason = next is null ? StopReason.RoundingFloor : null;
                    state = next ?? state;
                    mixture = Mixture(state);
                    trace.Add(Value(mixture));
                    options.Progress?.Report(new EmProgress(0, trace.Count - 1, trace[^1], bound, clock.Elapsed));
                }
            }
            while (reason is null);
            (state, bound) = Merged(state, grid, onGrid, bound);
            double[] found = Mixture(state);
            EmResult<MixingKernel> result = new()
            {
                Parameters = kernel,
                Objective = Value(found),
                LogLikelihood = Value(found),
                Iterations = trace.Count - 1,
                Evaluations = trace.Count,
                StopReason = reason.Value,
                RemainingGain = bound,
                Trace = trace,
                Elapsed = clock.Elapsed,
            };
            return new MixingFit(kernel, columns, Array.ConvertAll(state.Points, point => kernel.FromAxis(point)), state.Weights, result);
        }

        /// <summary>Old points and peaks with the weights of the quadratic model, as far along the line as the likelihood rises; null where it does not.</summary>
        private State? Step(State state, double[] peaks, double[] mixture, double value)
        {
            double[] points = [.. state.Points.Concat(peaks).Distinct().Order()];
            double[] from = [.. points.Select(point => Array.IndexOf(state.Points, point) is var at and >= 0 ? state.Weights[at] : 0)];
            double[] to = Quadratic(points, mixture);
            for (double length = 1; length > 1e-9; length /= 2)
            {
                State next = new State(points, [.. from.Zip(to, (old, best) => old + length * (best - old))]).Reduced();
                if (Value(Mixture(next)) > value)
                {
                    return next;
                }
            }
            return null;
        }

        /// <summary>The weights that minimise ‖√w(Sπ − 2)‖², S = f(x; θ)/f(x): the second-order expansion of the likelihood in the weights.</summary>
        private double[] Quadratic(double[] points, double[] mixture)
        {
            Matrix<double> ratios = Matrix<double>.Build.Dense(values.Length, points.Length);
            for (int j = 0; j < points.Length; j++)
            {
                double[] own = LogDensities(points[j]);
                for (int row = 0; row < values.Length; row++)
                {
                    ratios[row, j] = (Elementary.Exp(own[row] - mixture[row]) - 2) * Math.Sqrt(weights[row] / _total);
                }
            }
            return SimplexLeastSquares.Minimize(ratios.TransposeThisAndMultiply(ratios));
        }

        /// <summary>The local maxima of D, each sharpened between its neighbours on the grid, and the greatest D.</summary>
        private (double[] Peaks, double Bound) Peaks(double[] grid, double[][] onGrid, double[] mixture)
        {
            double[] gradient = Array.ConvertAll(onGrid, own => Gradient(own, mixture));
            List<double> peaks = [];
            double bound = 0;
            for (int index = 0; index < grid.Length; index++)
            {
                (int left, int right) = (Math.Max(0, index - 1), Math.Min(grid.Length - 1, index + 1));
                if (gradient[index] >= gradient[left] && gradient[index] >= gradient[right])
                {
                    (double at, double height) = Sharpened(grid[left], grid[right], grid[index], gradient[index], mixture);
                    bound = Math.Max(bound, height);
                    peaks.Add(at);
                }
            }
            return ([.. peaks], bound);
        }

        private (double At, double Height) Sharpened(double low, double high, double start, double height, double[] mixture)
        {
            const double Golden = 0.61803398874989485;
            (double at, double best) = (start, height);
            double left = high - Golden * (high - low), right = low + Golden * (high - low);
            double atLeft = Gradient(LogDensities(left), mixture), atRight = Gradient(LogDensities(right), mixture);
            for (int step = 0; step < 40 && high > low; step++)
            {
                if (atLeft > atRight)
                {
                    (high, right, atRight) = (right, left, atLeft);
                    left = high - Golden * (high - low);
                    atLeft = Gradient(LogDensities(left), mixture);
                }
                else
                {
                    (low, left, atLeft) = (left, right, atRight);
                    right = low + Golden * (high - low);
                    atRight = Gradient(LogDensities(right), mixture);
                }
                (at, best) = Math.Max(atLeft, atRight) > best ? (atLeft > atRight ? left : right, Math.Max(atLeft, atRight)) : (at, best);
            }
            return (at, best);
        }

        /// <summary>Neighbouring points closer than two steps of the grid become one, at their mean, and all are then moved to where the likelihood is greatest; as they were, where the certificate does not hold for the fewer.</summary>
        private (State State, double Bound) Merged(State state, double[] grid, double[][] onGrid, double bound)
        {
            State joined = state;
            for (int left = 0; left + 1 < joined.Points.Length;)
            {
                (joined, left) = joined.Points[left + 1] - joined.Points[left] < 2 * Spacing ? (joined.Joined(left), left) : (joined, left + 1);
            }
            joined = Moved(joined);
            double own = Peaks(grid, onGrid, Mixture(joined)).Bound;
            return own <= Math.Max(bound, 1e-6 + 1e-12 * Math.Abs(Value(Mixture(joined)))) ? (joined, own) : (state, bound);
        }

        /// <summary>Newton's method in the points, but for those at the ends, and the log-odds of the weights.</summary>
        private State Moved(State state)
        {
            double unit = (_high - _low) / 20;
            int[] free = [.. Enumerable.Range(0, state.Points.Length).Where(j => state.Points[j] - _low > unit / 100 && _high - state.Points[j] > unit / 100)];
            double[] start = [.. free.Select(j => state.Points[j] / unit), .. state.Weights.Skip(1).Select(weight => Elementary.Log(weight / state.Weights[0]))];
            double scale = Math.Abs(Value(Mixture(state)));
            return scale > 0 && start.Length is > 0 and < 40 ? At(NewtonAscent.Maximize(point => Value(Mixture(At(point))) / scale, start, point => At(point).Points.All(at => at >= _low && at <= _high))) : state;

            State At(double[] point)
            {
                double[] points = [.. state.Points];
                for (int place = 0; place < free.Length; place++)
                {
                    points[free[place]] = point[place] * unit;
                }
                double[] shares = [1, .. point[free.Length..].Select(Elementary.Exp)];
                double sum = shares.Sum();
                return new State(points, Array.ConvertAll(shares, share => share / sum));
            }
        }

        private double Gradient(double[] own, double[] mixture)
        {
            double sum = -_total;
            for (int row = 0; row < own.Length; row++)
            {
                sum += weights[row] * Elementary.Exp(own[row] - mixture[row]);
            }
            return sum;
        }

        private double Value(double[] mixture)
        {
            double sum = 0;
            for (int row = 0; row < mixture.Length; row++)
            {
                sum += weights[row] * mixture[row];
            }
            return sum;
        }

        /// <summary>log f of every value under a distribution of points.</summary>
        private double[] Mixture(State state)
        {
            double[][] own = Array.ConvertAll(state.Points, LogDensities);
            double[] result = new double[values.Length];
            for (int row = 0; row < result.Length; row++)
            {
                double most = own.Max(logs => logs[row]);
                double sum = 0;
                for (int j = 0; j < own.Length; j++)
                {
                    sum += state.Weights[j] * Elementary.Exp(own[j][row] - most);
                }
                result[row] = most + Elementary.Log(sum);
            }
            return result;
        }

        private double[] LogDensities(double axis)
        {
            Families.Product component = kernel.Component(kernel.FromAxis(axis));
            double[] result = new double[values.Length];
            RowTile tile = new(1);
            double[] scratch = new double[kernel.Family.ScratchLength(RowTile.Capacity)];
            double[] logDensity = new double[RowTile.Capacity];
            for (int first = 0; first < values.Length; first += RowTile.Capacity)
            {
                int count = Math.Min(RowTile.Capacity, values.Length - first);
                tile.Load(_chunk, first, count);
                kernel.Family.LogDensity(component, tile, scratch, logDensity.AsSpan(0, tile.PaddedRows));
                logDensity.AsSpan(0, count).CopyTo(result.AsSpan(first));
            }
            return result;
        }
    }

    /// <summary>Points on the axis, ascending, and their weights.</summary>
    private sealed record State(double[] Points, double[] Weights)
    {
        public State Reduced()
        {
            int[] kept = [.. Enumerable.Range(0, Points.Length).Where(j => Weights[j] > 1e-12)];
            double sum = kept.Sum(j => Weights[j]);
            return new State(Array.ConvertAll(kept, j => Points[j]), Array.ConvertAll(kept, j => Weights[j] / sum));
        }

        public State Joined(int left)
        {
            double weight = Weights[left] + Weights[left + 1];
            double point = (Weights[left] * Points[left] + Weights[left + 1] * Points[left + 1]) / weight;
            return new State([.. Points[..left], point, .. Points[(left + 2)..]], [.. Weights[..left], weight, .. Weights[(left + 2)..]]);
        }
    }
}
