namespace Latent.Markov;

/// <summary>A constant hazard p: one age says it all.</summary>
internal sealed class GeometricDurations() : DurationFamily(FamilyName, 1)
{
    public const string FamilyName = "geometric";

    public override IReadOnlyList<string> ParameterNames { get; } = ["probability"];

    internal override void Tabulate(ReadOnlySpan<double> parameters, Span<double> ends, Span<double> stays)
    {
        ends[0] = parameters[0];
        stays[0] = 1 - parameters[0];
    }

    internal override Duration Estimate(ReadOnlySpan<double> ends, ReadOnlySpan<double> stays, Duration current) =>
        ends[0] + stays[0] > 0 ? Create(ends[0] / (ends[0] + stays[0])) : current;

    internal override Duration WithMean(double mean) => Create(1 / mean);

    internal override int CoordinateCount(Duration duration) => IsFree(duration) ? 1 : 0;

    internal override void WriteCoordinates(Duration duration, Span<double> point)
    {
        if (IsFree(duration))
        {
            point[0] = Math.Asin(Math.Sqrt(duration.Parameters[0]));
        }
    }

    internal override Duration? ReadCoordinates(ReadOnlySpan<double> point, Duration like)
    {
        if (!IsFree(like))
        {
            return like;
        }
        double root = Math.Sin(point[0]);
        return root * root > 0 ? Create(root * root) : null;
    }

    private static bool IsFree(Duration duration) => duration.Parameters[0] is > 0 and < 1;

    private protected override DurationFamily With(int longest) => this;

    private protected override double[] Checked(ReadOnlySpan<double> parameters) => parameters[0] is >= 0 and <= 1
        ? parameters.ToArray()
        : throw new ArgumentException($"Expected a probability of ending from 0 to 1, found {parameters[0]:R}.", nameof(parameters));
}
