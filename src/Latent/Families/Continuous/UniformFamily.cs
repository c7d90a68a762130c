using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Values anywhere in a known interval, as of background noise: nothing is estimated. (With free ends the likelihood of a mixture has no use for EM: a component could never give
/// up a row that it covers.)
/// </summary>
/// <param name="lower">The lower end.</param>
/// <param name="upper">The upper end.</param>
public sealed class UniformFamily(double lower, double upper) : CanonicalFamily<Uniform>
{
    private readonly Uniform _only = new(lower, upper);

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [new("lower", ParameterRange.Real), new("upper", ParameterRange.Real)];

    /// <inheritdoc/>
    public override int FreeParameters => 0;

    /// <inheritdoc/>
    public override int Features => 0;

    /// <inheritdoc/>
    protected override string Support => $"a number from {_only.Lower:R} to {_only.Upper:R}";

    /// <inheritdoc/>
    protected override int Coordinates => 0;

    /// <inheritdoc/>
    public override Uniform Create(ReadOnlySpan<double> parameters) => new(parameters[0], parameters[1]);

    /// <inheritdoc/>
    public override Uniform Reference(ColumnSummary summary) => _only;

    /// <inheritdoc/>
    public override void Sample(Uniform component, RandomGenerator random, Span<double> row) => row[0] = component.Lower + (component.Upper - component.Lower) * random.NextDouble();

    /// <inheritdoc/>
    protected override double Describe(ReadOnlySpan<double> x, Span<double> features) => x[0] >= _only.Lower && x[0] <= _only.Upper ? 0 : double.NegativeInfinity;

    /// <inheritdoc/>
    protected override Uniform Estimate(double n, ReadOnlySpan<double> sums, Uniform current) => current;

    /// <inheritdoc/>
    public override IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) => [];

    /// <inheritdoc/>
    public override void WriteNaturalParameters(Uniform component, Span<double> values)
    {
    }

    /// <inheritdoc/>
    public override void WriteScores(Uniform component, RowTile tile, Span<double> scores)
    {
    }

    /// <inheritdoc/>
    protected override double[]? ReadCoordinates(ReadOnlySpan<double> point) => [_only.Lower, _only.Upper];

    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Uniform component, double value) => TailProbabilities.OfBeta(1, 1, Math.Clamp((value - component.Lower) / (component.Upper - component.Lower), 0, 1));
}
