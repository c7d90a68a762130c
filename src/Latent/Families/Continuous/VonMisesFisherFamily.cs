using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Unit vectors in d dimensions: t(x) = x. The direction is that of the mean vector, and κ̂ solves I_{d/2}(κ)/I_{d/2−1}(κ) = its length.</summary>
/// <param name="columns">d ≥ 2.</param>
public sealed class VonMisesFisherFamily(int columns) : CanonicalFamily<VonMisesFisher>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [.. Enumerable.Range(1, columns).Select(j => new Parameter($"direction times concentration {j}", ParameterRange.Real))];

    /// <inheritdoc/>
    public override int Columns { get; } = columns >= 2 ? columns : throw new ArgumentOutOfRangeException(nameof(columns), columns, "Expected two columns or more.");

    /// <inheritdoc/>
    public override int Features => Columns;

    /// <inheritdoc/>
    protected override string Support => "a row of length 1 (divide each row by the root of its sum of squares)";

    /// <inheritdoc/>
    public override VonMisesFisher Create(ReadOnlySpan<double> parameters) => new(parameters);

    /// <inheritdoc/>
    public override VonMisesFisher Reference(ColumnSummary summary) => new([.. summary.Means]);

    /// <inheritdoc/>
    public override void Sample(VonMisesFisher component, RandomGenerator random, Span<double> row)
    {
        double[] direction = component.Direction;
        direction[0] = component.Concentration > 0 ? direction[0] : 1;
        Directions.Draw(direction, component.Concentration, random, row);
    }

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features)
    {
        double square = 0;
        foreach (double value in x)
        {
            square += value * value;
        }
        x.CopyTo(features);
        return Math.Abs(square - 1) < 1e-6 ? 0 : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    protected override VonMisesFisher Estimate(double n, ReadOnlySpan<double> sums, VonMisesFisher current)
    {
        double square = 0;
        foreach (double sum in sums)
        {
            square += sum * sum;
        }
        double length = Math.Sqrt(square);
        double kappa = Directions.Concentration(Columns, length / n);
        return new([.. sums.ToArray().Select(sum => kappa > 0 ? kappa * sum / length : 0)]);
    }

    /// <inheritdoc/>
    protected override string? Held(VonMisesFisher component) => component.Concentration > 0.999 * Floors.MostShape ? Floors.Message("its concentration", Floors.MostShape) : null;

    /// <inheritdoc/>
    protected override double SquaredWidth(VonMisesFisher component) => 1 / (1 + component.Concentration);

    /// <inheritdoc/>
    public override IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> names) =>
        [.. names.Take(Columns).Select(name => new NaturalParameter($"direction·concentration[{component}, {name}]"))];
}
