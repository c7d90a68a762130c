using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Shares strictly between 0 and 1: t(x) = (log x, log(1−x)). The log-likelihood is concave in (α, β); it is climbed by Newton's method in their logarithms.
/// </summary>
public sealed class BetaFamily : CanonicalFamily<Beta>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("alpha", ParameterRange.Positive), new("beta", ParameterRange.Positive)];

    /// <inheritdoc/>
    public override int Features => 2;

    /// <inheritdoc/>
    protected override string Support => "a number above 0 and below 1";

    /// <inheritdoc/>
    public override Beta Create(ReadOnlySpan<double> parameters) => new(parameters[0], parameters[1]);

    /// <inheritdoc/>
    public override Beta Reference(ColumnSummary summary)
    {
        double mean = summary.Means[0];
        double total = summary.Variances[0] > 0 ? Math.Clamp(mean * (1 - mean) / summary.Variances[0] - 1, 0.1, 1e3) : 2;
        return new(total * mean, total * (1 - mean));
    }

    /// <inheritdoc/>
    public override void Sample(Beta component, RandomGenerator random, Span<double> row)
    {
        SystemRandom source = new(random);
        do
        {
            row[0] = MathNet.Numerics.Distributions.Beta.Sample(source, component.Alpha, component.BetaParameter);
        }
        while (row[0] is not (> 0 and < 1));
    }

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        (features[0], features[1]) = (Elementary.Log(x[0]), Elementary.Log(1 - x[0]));
        return x[0] is > 0 and < 1 ? 0 : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override Beta Estimate(double n, ReadOnlySpan<double> sums, Beta current)
    {
        (double left, double right) = (sums[0] / n, sums[1] / n);
        double[] found = NewtonAscent.Maximize(
            point =>
            {
                (double alpha, double beta) = (Elementary.Exp(point[0]), Elementary.Exp(point[1]));
                return alpha + beta > Floors.MostShape || Math.Min(alpha, beta) < Floors.LeastShape
                    ? double.NaN
                    : GammaFunctions.LogGamma(alpha + beta) - GammaFunctions.LogGamma(alpha) - GammaFunctions.LogGamma(beta) + (alpha - 1) * left + (beta - 1) * right;
            },
            [Elementary.Log(current.Alpha), Elementary.Log(current.BetaParameter)]);
        return new(Elementary.Exp(found[0]), Elementary.Exp(found[1]));
    }

    /// <inheritdoc/>
    protected override string? Held(Beta component) =>
        component.Alpha + component.BetaParameter > 0.9 * Floors.MostShape ? Floors.Message("the sum of its parameters", Floors.MostShape) : null;

    /// <inheritdoc/>
    protected override double SquaredWidth(Beta component) => 1 / (1 + component.Alpha + component.BetaParameter);

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Beta component, double value) => TailProbabilities.OfBeta(component.Alpha, component.BetaParameter, value);
}
