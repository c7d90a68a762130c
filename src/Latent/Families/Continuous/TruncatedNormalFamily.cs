using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A normal column that is only recorded inside a window: f(x) = N(x; μ, σ²)/P(lower &lt; X &lt; upper). μ and σ are those of the variable before the window. The M-step is the maximum, found by
/// Newton's method where the likelihood is concave; a deviation of a hundred windows counts as flat, a mean a hundred deviations outside as far.
/// </summary>
/// <param name="lower">The lower end of the window, or −∞.</param>
/// <param name="upper">The upper end, or ∞.</param>
/// <param name="leastVariance">The least variance.</param>
public sealed class TruncatedNormalFamily(double lower, double upper, double leastVariance = 1e-300) : NormalFamily(leastVariance)
{
    // Deviations from the window to the mean.
    private const double Far = 100;

    private readonly double _mostDeviation = 100 * (double.IsFinite(upper - lower) ? upper - lower : double.PositiveInfinity);

    /// <summary>By inversion of the tail, so that a window far out takes no longer than one around the mean.</summary>
    /// <inheritdoc/>
    public override void Sample(Normal component, RandomGenerator random, Span<double> row)
    {
        (double low, double high) = ((lower - component.Mean) / component.Deviation, (upper - component.Mean) / component.Deviation);
        double side = low + high < 0 ? -1 : 1;
        (low, high) = side < 0 ? (-high, -low) : (low, high);
        double most = NormalTail.LogProbability(low);
        double share = double.IsPositiveInfinity(high) ? 1 : 1 - Elementary.Exp(NormalTail.LogProbability(high) - most);
        double target = most + Elementary.Log(1 - share * random.NextDouble());
        double from = Math.Max(low, -40);
        double z = SafeNewton.Root(z => (NormalTail.LogProbability(z) - target, -NormalTail.Mean(z)), from, from, Math.Min(high, from + 80));
        row[0] = Math.Clamp(component.Mean + side * component.Deviation * z, lower, upper);
    }

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => row[0] >= lower && row[0] <= upper ? null : (0, $"a number from {lower:R} to {upper:R}");

    /// <inheritdoc/>
    public override void LogDensity(Normal component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        base.LogDensity(component, tile, scratch, logDensity);
        double mass = LogMass(component.Mean, component.Deviation);
        for (int row = 0; row < logDensity.Length; row++)
        {
            double x = tile.Column(0)[row];
            logDensity[row] = x >= lower && x <= upper ? logDensity[row] - mass : double.NegativeInfinity;
        }
    }

    /// <summary>The mean before the window may lie far outside it.</summary>
    /// <inheritdoc/>
    protected override double Origin(Normal component) => Math.Clamp(component.Mean, lower, upper);

    /// <summary>
    /// In units of the rows' deviation about their mean, e^(η·z − ½q·z²) has a log-likelihood that is concave in (η, q): from the rows' own moments Newton's method finds the maximum, from the current component it cannot
    /// lose. Where the maximum is beyond a bound, it is looked for along it.
    /// </summary>
    /// <inheritdoc/>
    protected override Normal Maximize(double n, double shift, double variance, Normal current)
    {
        double mean = Origin(current) + shift;
        double deviation = Math.Sqrt(variance);
        (double low, double high) = ((lower - mean) / deviation, (upper - mean) / deviation);
        Normal Component(double[] at)
        {
            double scale = deviation * Elementary.Exp(-0.5 * at[1]);
            return new(mean + deviation * at[0] * Elementary.Exp(-at[1]), Math.Max(LeastVariance, scale * scale));
        }

        double Value(double[] at)
        {
            double q = Elementary.Exp(at[1]);
            double root = Math.Sqrt(q);
            return 0.5 * (at[1] - q - at[0] / q * at[0]) - NormalTail.LogInterval(low * root - at[0] / root, high * root - at[0] / root);
        }

        double ratio = variance / current.Variance;
        double[] here = [(current.Mean - mean) / deviation * ratio, Elementary.Log(ratio)];
        double[] best = here;
        Try(NewtonAscent.Maximize(Value, [0, 0], at => IsWithin(Component(at))));
        Try(NewtonAscent.Maximize(Value, best, at => IsWithin(Component(at))));
        foreach (Func<double, double[]> edge in (Func<double, double[]>[])
            [u => [low * Elementary.Exp(u) - Far * Elementary.Exp(u / 2), u], u => [high * Elementary.Exp(u) + Far * Elementary.Exp(u / 2), u]])
        {
            if (Math.Abs(edge(best[1])[0] - best[0]) < 0.02 * Far * Elementary.Exp(best[1] / 2))
            {
                Try(edge(NewtonAscent.Maximize(at => Value(edge(at[0])), [best[1]])[0]));
            }
        }
        double widest = 2 * Elementary.Log(deviation / _mostDeviation);
        if (best[1] < widest + 0.02)
        {
            Try([NewtonAscent.Maximize(at => Value([at[0], widest]), [best[0]])[0], widest]);
        }
        return ReferenceEquals(best, here) ? current : Component(best);

        void Try(double[] at) => best = Value(at) > Value(best) && IsWithin(Component(at)) ? at : best;
    }

    /// <inheritdoc/>
    protected override double[]? ReadCoordinates(ReadOnlySpan<double> point) => base.ReadCoordinates(point) is { } found && IsWithin(new(found[0], found[1])) ? found : null;

    /// <summary>Further out the rows look like an exponential distribution, flatter like a uniform one, and the density would lose its digits.</summary>
    private bool IsWithin(Normal component) => component.Deviation <= _mostDeviation * (1 + 1e-9) && Math.Abs(component.Mean - Origin(component)) <= Far * (1 + 1e-9) * component.Deviation;

    /// <inheritdoc/>
    protected override string? Held(Normal component) => component.Deviation > 0.99 * _mostDeviation
        ? "its deviation is at its bound: the rows are spread over the window as evenly as a normal distribution can. Use a uniform component."
        : Math.Abs(component.Mean - Origin(component)) > 0.99 * Far * component.Deviation
        ? "its mean is at its bound outside the window: the rows fall off like an exponential distribution. Use a truncated exponential component."
        : base.Held(component);

    private double LogMass(double mean, double deviation) => NormalTail.LogInterval((lower - mean) / deviation, (upper - mean) / deviation);

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Normal component, double value) => null;
}
