using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Counts that vary more than Poisson's. The statistic is the weighted histogram h of the counts, which makes the M-step exact: μ̂ = Σhx/Σh, and r̂ the root of
/// Σⱼ Tⱼ/(r + j) = Σh·log(1 + μ̂/r), Tⱼ the weight of counts above j; the root is unique where the counts vary more than Poisson's [LevinReeds1977], else r̂ is its bound.
/// </summary>
/// <param name="largest">The largest count of the data: the length of the histogram. Larger ones have a density, but no part in an estimate.</param>
public sealed class NegativeBinomialFamily(int largest) : ParametricFamily<NegativeBinomial>, IStepwiseFamily<NegativeBinomial>
{
    private const double LeastSize = 1e-6;
    private const double MostSize = 1e8;

    /// <summary>The largest count of the data.</summary>
    public int Largest { get; } = largest is >= 0 and <= 1_000_000
        ? largest
        : throw new ArgumentException($"Expected a largest count of up to a million, found {largest}. For larger ones use a gamma distribution.", nameof(largest));

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("size", ParameterRange.Positive), new("mean", ParameterRange.NonNegative)];

    /// <inheritdoc/>
    public override int StatisticLength => Largest + 1;

    /// <inheritdoc/>
    public override NegativeBinomial Create(ReadOnlySpan<double> parameters) => new(parameters[0], parameters[1]);

    /// <inheritdoc/>
    public override NegativeBinomial Reference(ColumnSummary summary)
    {
        (double mean, double variance) = (Math.Max(0, summary.Means[0]), summary.Variances[0]);
        return new(variance > mean ? Math.Clamp(mean * mean / (variance - mean), 0.1, 100) : 100, mean);
    }

    /// <inheritdoc/>
    public override void Sample(NegativeBinomial component, RandomGenerator random, Span<double> row)
    {
        double rate = component.Mean == 0 ? 0 : MathNet.Numerics.Distributions.Gamma.Sample(new SystemRandom(random), component.Size, component.Size / component.Mean);
        row[0] = Counts.DrawPoisson(rate, random);
    }

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => Counts.Is(row[0]) && row[0] <= Largest ? null : (0, Counts.Is(row[0]) ? $"a count of up to {Largest}, the largest that this family was made for" : Counts.Expected);

    /// <inheritdoc/>
    public override void LogDensity(NegativeBinomial component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        double[] table = component.Table(Largest);
        ReadOnlySpan<double> counts = tile.Column(0);
        for (int row = 0; row < counts.Length; row++)
        {
            double count = counts[row];
            logDensity[row] = !Counts.Is(count) ? double.NegativeInfinity : count <= Largest ? table[(int)count] : component.LogProbability(count);
        }
    }

    /// <inheritdoc/>
    public override void Accumulate(NegativeBinomial current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        ReadOnlySpan<double> counts = tile.Column(0);
        for (int row = 0; row < counts.Length; row++)
        {
            if (weights[row] > 0 && counts[row] <= Largest)
            {
                statistic[(int)counts[row]] += weights[row];
            }
        }
    }

    /// <inheritdoc/>
    public override NegativeBinomial Estimate(ReadOnlySpan<double> statistic, NegativeBinomial current)
    {
        double[] above = new double[statistic.Length];
        double n = 0;
        double sum = 0;
        for (int count = statistic.Length - 1; count >= 0; count--)
        {
            above[count] = n;
            n += statistic[count];
            sum += count * statistic[count];
        }
        if (!(n > 0))
        {
            return current;
        }
        double mean = sum / n;
        return new(
            mean == 0 ? current.Size
            : Score(above, n, mean, LeastSize).Value <= 0 ? LeastSize
            : Elementary.Exp(SafeNewton.Root(u => Score(above, n, mean, Elementary.Exp(u)), Elementary.Log(current.Size), Elementary.Log(LeastSize), Elementary.Log(MostSize))),
            mean);
    }

    /// <summary>None beyond the bounds of the size: an estimate would come back from there, and lose what was gained.</summary>
    /// <inheritdoc/>
    protected override double[]? ReadCoordinates(ReadOnlySpan<double> point) =>
        base.ReadCoordinates(point) is { } parameters && parameters[0] is > LeastSize * (1 - 1e-12) and < MostSize * (1 + 1e-12) ? parameters : null;

    /// <inheritdoc/>
    protected override string? Held(NegativeBinomial component) => component.Size < LeastSize * 1.001
        ? "its size is at its least: nearly all of its counts are 0. A zero-inflated family says that in fewer words."
        : component.Size > MostSize * 0.999
        ? "its counts vary no more than Poisson's; the size is at its bound, where both are the same. A Poisson component has one parameter less."
        : null;

    /// <summary>The derivative of the profile log-likelihood by r, and its slope along log r.</summary>
    private static (double Value, double Slope) Score(double[] above, double n, double mean, double size)
    {
        double value = -n * Elementary.LogOnePlus(mean / size);
        double slope = n * mean / (size * (size + mean));
        for (int count = 0; count < above.Length - 1; count++)
        {
            double term = above[count] / (size + count);
            value += term;
            slope -= term / (size + count);
        }
        return (value, slope * size);
    }

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(NegativeBinomial component, double value) => TailProbabilities.OfNegativeBinomial(component.Size, component.Size / (component.Size + component.Mean), value);
}
