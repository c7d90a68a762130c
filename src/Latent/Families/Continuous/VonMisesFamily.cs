using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Angles in radians: t(x) = (cos x, sin x). μ̂ is the direction of their mean, and κ̂ solves I₁(κ)/I₀(κ) = its length.</summary>
public sealed class VonMisesFamily : CanonicalFamily<VonMises>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("direction", ParameterRange.Real), new("concentration", ParameterRange.NonNegative)];

    /// <inheritdoc/>
    public override int Features => 2;

    /// <inheritdoc/>
    protected override string Support => "an angle in radians, of up to a million turns";

    /// <inheritdoc/>
    public override VonMises Create(ReadOnlySpan<double> parameters) => new(parameters[0], parameters[1]);

    /// <inheritdoc/>
    public override VonMises Reference(ColumnSummary summary) => new(Math.IEEERemainder(summary.Means[0], 2 * Math.PI), 1);

    /// <summary>By the projected normal vector of von Mises and Fisher in two dimensions.</summary>
    /// <inheritdoc/>
    public override void Sample(VonMises component, RandomGenerator random, Span<double> row)
    {
        (double sin, double cos) = Trigonometry.SinCos(component.Direction);
        Span<double> unit = stackalloc double[2];
        Directions.Draw([cos, sin], component.Concentration, random, unit);
        row[0] = Math.Atan2(unit[1], unit[0]);
    }

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        (features[1], features[0]) = Trigonometry.SinCos(x[0]);
        return Math.Abs(x[0]) < 6e6 ? 0 : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override VonMises Estimate(double n, ReadOnlySpan<double> sums, VonMises current)
    {
        double length = Math.Sqrt(sums[0] * sums[0] + sums[1] * sums[1]) / n;
        return new(length > 0 ? Math.Atan2(sums[1], sums[0]) : current.Direction, Directions.Concentration(2, length));
    }

    /// <inheritdoc/>
    protected override string? Held(VonMises component) => component.Concentration > 0.999 * Floors.MostShape ? Floors.Message("its concentration", Floors.MostShape) : null;

    /// <inheritdoc/>
    protected override double SquaredWidth(VonMises component) => 1 / (1 + component.Concentration);
}
