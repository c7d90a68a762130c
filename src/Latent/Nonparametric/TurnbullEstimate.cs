using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;

namespace Latent.Nonparametric;

/// <summary>
/// The nonparametric maximum-likelihood estimate of a distribution from interval-censored events [Turnbull1976]: masses of the innermost intervals. Where within an interval its mass lies, the data do not say.
/// </summary>
public sealed class TurnbullEstimate
{
    private const int MostRounds = 50;

    /// <summary>An estimate from its masses.</summary>
    /// <param name="left">Left ends, ascending; −∞ is allowed.</param>
    /// <param name="right">Right ends; +∞ is allowed.</param>
    /// <param name="masses">Positive masses that sum to one.</param>
    /// <exception cref="ArgumentException">Other counts, ends out of order, or masses that are no distribution.</exception>
    public TurnbullEstimate(IReadOnlyList<double> left, IReadOnlyList<double> right, IReadOnlyList<double> masses)
    {
        if (left.Count == 0 || left.Count != right.Count || left.Count != masses.Count)
        {
            throw new ArgumentException($"Expected as many left ends, right ends and masses, at least one, found {left.Count}, {right.Count} and {masses.Count}.");
        }
        for (int j = 0; j < left.Count; j++)
        {
            if (!(left[j] <= right[j]) || j > 0 && !(right[j - 1] <= left[j]) || !(masses[j] >= 0))
            {
                throw new ArgumentException($"Expected intervals in order and masses of zero or more, found ({left[j]}, {right[j]}] with {masses[j]}.");
            }
        }
        if (Math.Abs(masses.Sum() - 1) > 1e-9)
        {
            throw new ArgumentException($"Expected masses that sum to 1, found {masses.Sum()}.");
        }
        Left = [.. left];
        Right = [.. right];
        Masses = [.. masses];
    }

    /// <summary>Left ends of the intervals that have mass.</summary>
    public ImmutableArray<double> Left { get; }

    /// <summary>Right ends of the intervals that have mass.</summary>
    public ImmutableArray<double> Right { get; }

    /// <summary>Their masses.</summary>
    public ImmutableArray<double> Masses { get; }

    /// <summary>Fits the distribution.</summary>
    /// <param name="rows">Two columns: left end (missing: −∞) and right end (missing: +∞) of (left, right]; equal ends are an exact event. Weights count as frequencies.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">Not two columns, no rows, no weight, or a left end above its right end.</exception>
    public static TurnbullFit Fit(IRowSource rows, EmOptions? options = null, CancellationToken cancellation = default)
    {
        options = (options ?? EmOptions.Default).Checked();
        CensoredIntervals intervals = CensoredIntervals.Of(rows);
        if (!(rows.TotalWeight > 0))
        {
            throw new ArgumentException("Expected row weights with a positive sum, found 0.", nameof(rows));
        }
        TurnbullModel model = new(intervals.Count);
        IntervalMasses masses = new([.. Enumerable.Repeat(1.0, intervals.Count)]);
        List<double> trace = [];
        (int iterations, int evaluations) = (0, 0);
        for (int round = 0; ; round++)
        {
            EmResult<IntervalMasses> result = Em.Fit(model, intervals.Runs, masses, options with { MaxIterations = options.MaxIterations - iterations }, cancellation);
            iterations += result.Iterations;
            evaluations += result.Evaluations + 1;
            trace.AddRange(result.Trace);
            double[] gradient = TurnbullModel.Gradient(Sweep.Statistic(model, intervals.Runs, result.Parameters, options));
            double bound = Math.Max(0, gradient.Max() - rows.TotalWeight);
            bool certified = bound <= Tolerance(result.Objective);
            if (certified || !result.Converged || round == MostRounds || options.Stopping.RunsOn)
            {
                StopReason reason = certified && result.StopReason is StopReason.RoundingFloor ? StopReason.Converged : result.StopReason;
                return new TurnbullFit(intervals, result.Parameters, result with
                {
                    RemainingGain = bound,
                    StopReason = !certified && result.Converged && !options.Stopping.RunsOn ? StopReason.RoundingFloor : reason,
                    Trace = trace,
                    Iterations = iterations,
                    Evaluations = evaluations,
                });
            }
            masses = Support(result.Parameters, gradient, rows.TotalWeight);
        }
    }

    /// <summary>Bounds on P(T ≤ t): the mass of intervals that end by t, and of those that begin before it.</summary>
    public (double Lower, double Upper) Distribution(double time)
    {
        (double lower, double upper) = (0, 0);
        for (int j = 0; j < Masses.Length; j++)
        {
            lower += Right[j] <= time ? Masses[j] : 0;
            upper += Left[j] < time || Left[j] == Right[j] && Left[j] <= time ? Masses[j] : 0;
        }
        return (lower, upper);
    }

    /// <summary>The probability of (left, right] for rows of two columns as in <see cref="Fit"/>: of the intervals with mass that lie in it.</summary>
    public double[] Probability(IRowSource rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        double[] result = new double[rows.Rows];
        double[] cells = new double[2];
        for (int row = 0; row < result.Length; row++)
        {
            rows.CopyRow(row, cells);
            double from = double.IsNaN(cells[0]) ? double.NegativeInfinity : cells[0];
            double to = double.IsNaN(cells[1]) ? double.PositiveInfinity : cells[1];
            for (int j = 0; j < Masses.Length; j++)
            {
                bool after = from == to ? Left[j] >= from : Left[j] >= from && !(Left[j] == Right[j] && Left[j] == from);
                result[row] += after && Right[j] <= to ? Masses[j] : 0;
            }
        }
        return result;
    }

    private static double Tolerance(double objective) => 1e-6 + 1e-12 * Math.Abs(objective);

    // EM can neither empty an interval nor fill an empty one: those that the gradient says are empty lose their mass, and those that should have some get a little.
    private static IntervalMasses Support(IntervalMasses masses, double[] gradient, double weight)
    {
        double[] next = [.. masses.Masses];
        for (int j = 0; j < next.Length; j++)
        {
            if (gradient[j] < weight * (1 - 1e-9) && next[j] < 1e-3)
            {
                next[j] = next[j] * gradient[j] / weight < 1e-7 ? 0 : next[j];
            }
            else if (gradient[j] > weight && next[j] < 1e-6)
            {
                next[j] = Math.Max(next[j], 1e-4 / next.Length);
            }
        }
        return new IntervalMasses(next);
    }
}
