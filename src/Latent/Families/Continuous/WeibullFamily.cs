using System.Numerics.Tensors;
using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Times with a hazard that rises or falls as a power, complete or censored (a second column is 1 for those not ended when last seen).
/// </summary>
/// <remarks>
/// With y = k·log(x/λ) under the current component, the likelihood of another shape k(1+δ) needs Σw·e^y·e^(δy): the statistic holds the moments Σw·e^y·yʲ, from which that sum follows to the last
/// digits as a power series while δ is small. So the M-step is exact within a region that the moments themselves tell, and iterations take it where it must go.
/// </remarks>
/// <param name="censored">Whether a second column says which times are censored.</param>
public class WeibullFamily(bool censored = false) : ParametricFamily<Weibull>
{
    private const int Moments = 33;
    private const int First = 3;
    private const double Rounding = 1e-15;
    private const double MostChange = 2;
    private const double MostLogScale = 600;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("shape", ParameterRange.Positive), new("scale", ParameterRange.Positive)];

    /// <inheritdoc/>
    public override int Columns => censored ? 2 : 1;

    /// <summary>Σw, the weight of the ended times, Σ of their y, and the moments.</summary>
    public override int StatisticLength => First + Moments;

    /// <summary>y and e^y of every row.</summary>
    public override int ScratchLength(int rows) => 2 * rows;

    /// <inheritdoc/>
    public override Weibull Create(ReadOnlySpan<double> parameters) => new(parameters[0], parameters[1]);

    /// <inheritdoc/>
    public override Weibull Reference(ColumnSummary summary) => new(1, summary.Means[0]);

    /// <inheritdoc/>
    public override void Sample(Weibull component, RandomGenerator random, Span<double> row)
    {
        row.Clear();
        row[0] = Math.Max(double.Epsilon, component.Scale * Elementary.Exp(Elementary.Log(-Elementary.Log(1 - random.NextDouble())) / component.Shape));
    }

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) =>
        !(row[0] > 0) ? (0, "a positive number") : censored ? Censoring.Misfit(row, left: false, 0, "") : null;

    /// <inheritdoc/>
    public override void LogDensity(Weibull component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        ReadOnlySpan<double> x = tile.Column(0);
        ReadOnlySpan<double> logs = LogTile.Of(tile).Column(0);
        Span<double> y = scratch[..x.Length];
        Span<double> power = scratch.Slice(RowTile.Capacity, x.Length);
        for (int row = 0; row < y.Length; row++)
        {
            y[row] = component.Shape * (logs[row] - component.LogScale);
        }
        Elementary.Exp(y, power);
        double mass = LogMass(component.Shape, component.LogScale);
        for (int row = 0; row < y.Length; row++)
        {
            bool ended = !censored || tile.Column(1)[row] == 0;
            logDensity[row] = x[row] > 0 ? (ended ? component.LogShape - logs[row] + y[row] : 0) - power[row] - mass : double.NegativeInfinity;
        }
    }

    /// <inheritdoc/>
    public override void Accumulate(Weibull current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        Span<double> buffer = stackalloc double[2 * RowTile.Capacity];
        Span<double> ended = buffer[..weights.Length];
        Span<double> term = buffer.Slice(RowTile.Capacity, weights.Length);
        ReadOnlySpan<double> y = scratch[..term.Length];
        for (int row = 0; row < term.Length; row++)
        {
            ended[row] = !censored || tile.Column(1)[row] == 0 ? weights[row] : 0;
            // A row that the component is not responsible for adds nothing, however far out.
            term[row] = weights[row] > 0 ? weights[row] * scratch[RowTile.Capacity + row] : 0;
        }
        statistic[0] += LaneSum.Of(weights);
        statistic[1] += LaneSum.Of(ended);
        TensorPrimitives.Multiply(ended, y, ended);
        statistic[2] += LaneSum.Of(ended);
        for (int j = 0; j < Moments; j++)
        {
            statistic[First + j] += LaneSum.Of(term);
            TensorPrimitives.Multiply(term, y, term);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NumericalException">A sum is not finite.</exception>
    public override Weibull Estimate(ReadOnlySpan<double> statistic, Weibull current)
    {
        double[] sums = statistic.ToArray();
        if (!(sums[0] > 0))
        {
            return current;
        }
        RequireFinite(sums);
        double n = sums[0];
        double region = Region(sums.AsSpan(First));
        // In log(1 + δ) and the shift v of log λ times k: Σw·log f, all over n.
        double Value(double[] point)
        {
            double delta = Elementary.Exp(point[0]) - 1;
            double shape = current.Shape * (1 + delta);
            double powers = 0;
            for (int j = Moments - 1; j >= 0; j--)
            {
                powers = powers * delta / (j + 1) + sums[First + j];
            }
            double shift = point[1] * (1 + delta);
            return sums[1] / n * (Elementary.Log(shape) - shift) + (1 + delta) * sums[2] / n - powers / n * Elementary.Exp(-shift)
                - LogMass(shape, current.LogScale + point[1] / current.Shape);
        }
        bool Inside(double[] point) => Math.Abs(Elementary.Exp(point[0]) - 1) <= region && Math.Abs(point[1]) <= 1
            && current.Shape * Elementary.Exp(point[0]) is <= Floors.MostShape and >= Floors.LeastShape
            && Math.Abs(current.LogScale + point[1] / current.Shape) < MostLogScale;
        double[] found = NewtonAscent.Maximize(Value, [0, 0], Inside);
        return new(current.Shape * Elementary.Exp(found[0]), Elementary.Exp(current.LogScale + found[1] / current.Shape));
    }

    /// <inheritdoc/>
    protected override string? Held(Weibull component) => component.Shape > 0.9 * Floors.MostShape ? Floors.Message("its shape", Floors.MostShape)
        : Math.Abs(component.LogScale) > MostLogScale - 5 ? "its scale has run off: the rows in the window look like a power of the value, which is the limit of a large scale."
        : null;

    /// <inheritdoc/>
    protected override double SquaredWidth(Weibull component) => 1 / (component.Shape * component.Shape);

    /// <summary>The largest |δ| at which the last term of the series is below the rounding of the first: δᴶ·M_J/J! ≤ 10⁻¹⁵·M₀.</summary>
    private static double Region(ReadOnlySpan<double> moments)
    {
        double last = Math.Abs(moments[^1]);
        double bound = Elementary.Log(Rounding) + GammaFunctions.LogFactorial(Moments - 1) + Elementary.Log(moments[0]) - Elementary.Log(last);
        return last > 0 ? Math.Min(MostChange, Elementary.Exp(bound / (Moments - 1))) : MostChange;
    }

    /// <summary>The logarithm of the probability that a time is recorded at all.</summary>
    protected virtual double LogMass(double shape, double logScale) => 0;

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Weibull component, double value) => TailProbabilities.OfGamma(1, value > 0 ? Elementary.Exp(component.Shape * (Elementary.Log(value) - component.LogScale)) : 0);
}
