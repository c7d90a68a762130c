using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Times with a constant hazard, some of which had not ended when they were last seen; the second column is 1 for those and 0 for ended ones: t(x) = (1[ended], time),
/// λ̂ = weight of the ended over the sum of all times. A component of which none has ended has rate 0.
/// </summary>
/// <param name="leastMean">The least mean, positive.</param>
public sealed class CensoredExponentialFamily(double leastMean = 1e-300) : CanonicalFamily<CensoredExponential>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("rate", ParameterRange.NonNegative)];

    /// <inheritdoc/>
    public override int Columns => 2;

    /// <inheritdoc/>
    public override int Features => 2;

    /// <inheritdoc/>
    protected override string Support => "a time of zero or more";

    /// <inheritdoc/>
    public override CensoredExponential Create(ReadOnlySpan<double> parameters) => new(parameters[0]);

    /// <inheritdoc/>
    public override CensoredExponential Reference(ColumnSummary summary) => new(Math.Max(1e-3, 1 - summary.Means[1]) / Math.Max(leastMean, summary.Means[0]));

    /// <summary>A time that has ended: when one would have stopped looking is no part of the model.</summary>
    /// <inheritdoc/>
    public override void Sample(CensoredExponential component, RandomGenerator random, Span<double> row) =>
        (row[0], row[1]) = (component.Rate > 0 ? -Elementary.Log(1 - random.NextDouble()) / component.Rate : double.MaxValue, component.Rate > 0 ? 0 : 1);

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) =>
        double.IsNaN(row[0] + row[1]) ? null : Censoring.Misfit(row, left: false, 0, Support);

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        (features[0], features[1]) = (1 - x[1], x[0]);
        return Censoring.Misfit(x, left: false, 0, Support) is null ? 0 : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override CensoredExponential Estimate(double n, ReadOnlySpan<double> sums, CensoredExponential current) => new(sums[0] == 0 ? 0 : sums[0] / Math.Max(sums[1], leastMean * sums[0]));

    /// <inheritdoc/>
    protected override string? Held(CensoredExponential component) => component.Rate * leastMean >= 1 ? Floors.Message("its mean", leastMean) : null;
}
