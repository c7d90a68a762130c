using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Markov;

/// <summary>
/// Durations given by the ratio ρ(u) = P(u + 1)/P(u), which falls below 1 for large u. With R(u) = P(≥ u)/P(u) = 1 + ρ(u)·R(u + 1) the hazard is 1/R(u): positive terms alone, no logarithm, no
/// cancellation, no underflow however far out.
/// </summary>
internal abstract class RatioDurations(string name, int longest) : DurationFamily(name, longest)
{
    /// <summary>Ages beyond D that the recursion starts from, at most.</summary>
    private const int MostBeyond = 20_000;

    private const double Negligible = 1e-17;

    // No hazard in sight of the data is so small; it keeps logarithms finite where a distribution lies far beyond D.
    private const double LeastHazard = 1e-300;

    /// <summary>Logarithms and log-odds further out than this are the same to any data.</summary>
    protected const double MostCoordinate = 18;

    /// <summary>ρ(u).</summary>
    protected abstract double Ratio(ReadOnlySpan<double> parameters, double steps);

    /// <summary>The limit of ρ(u) for large u, below 1.</summary>
    protected abstract double Limit(ReadOnlySpan<double> parameters);

    /// <summary>The coordinates of parameters that are not on the edge.</summary>
    protected abstract void ToPoint(ReadOnlySpan<double> parameters, Span<double> point);

    /// <summary>The parameters at a point.</summary>
    protected abstract double[] FromPoint(ReadOnlySpan<double> point);

    /// <summary>Whether a point may be an estimate: not so far out that the data cannot tell it from others.</summary>
    protected virtual bool IsInside(ReadOnlySpan<double> point) => point.IndexOfAnyExceptInRange(-MostCoordinate, MostCoordinate) < 0;

    /// <summary>Whether a logarithm may be that of a mean: up to a hundred times D.</summary>
    protected bool IsMean(double logarithm) => logarithm >= -MostCoordinate && logarithm <= Elementary.Log(100.0 * Longest);

    /// <summary>The parameters of stays that all end after one step.</summary>
    protected abstract double[] Shortest(ReadOnlySpan<double> current);

    internal override void Tabulate(ReadOnlySpan<double> parameters, Span<double> ends, Span<double> stays)
    {
        double limit = Limit(parameters);
        double left = 1;
        double steps = Longest;
        double bound;
        do
        {
            bound = Math.Max(limit, Ratio(parameters, steps));
            left *= Math.Min(1, bound);
            steps++;
        }
        while (left > Negligible && (bound >= 1 || steps < Longest + MostBeyond) && steps < Longest + 1e6);
        double after = bound < 1 ? 1 / (1 - bound) : 1;
        for (; steps > Longest; steps--)
        {
            after = 1 + Ratio(parameters, steps) * after;
        }
        for (int index = Longest - 1; index >= 0; index--)
        {
            double ratio = Ratio(parameters, index + 1);
            double own = 1 + ratio * after;
            ends[index] = Math.Max(1 / own, LeastHazard);
            stays[index] = own > 2 ? 1 - ends[index] : ratio * after / own;
            after = own;
        }
    }

    internal override Duration Estimate(ReadOnlySpan<double> ends, ReadOnlySpan<double> stays, Duration current)
    {
        bool stay = stays.IndexOfAnyExcept(0.0) >= 0;
        if (!stay && ends.IndexOfAnyExcept(0.0) >= 0)
        {
            return Create(Shortest(current.Parameters.AsSpan()));
        }
        if (!stay || CoordinateCount(current) == 0)
        {
            return current;
        }
        double[] ended = ends.ToArray();
        double[] stayed = stays.ToArray();
        double[] e = new double[Longest];
        double[] s = new double[Longest];
        double Value(double[] point)
        {
            Tabulate(FromPoint(point), e, s);
            Elementary.Log(e, e);
            Elementary.Log(s, s);
            double sum = 0;
            for (int index = 0; index < e.Length; index++)
            {
                sum += ended[index] > 0 ? ended[index] * e[index] : 0;
                sum += stayed[index] > 0 ? stayed[index] * s[index] : 0;
            }
            return sum;
        }
        double[] start = new double[CoordinateCount(current)];
        WriteCoordinates(current, start);
        double[] best = NewtonAscent.Maximize(Value, start, point => IsInside(point));
        return best.AsSpan().SequenceEqual(start) ? current : Create(FromPoint(best));
    }

    internal override int CoordinateCount(Duration duration) => duration.Stays[0] > 0 ? ParameterNames.Count : 0;

    internal override void WriteCoordinates(Duration duration, Span<double> point)
    {
        if (duration.Stays[0] > 0)
        {
            ToPoint(duration.Parameters.AsSpan(), point);
        }
    }

    internal override Duration? ReadCoordinates(ReadOnlySpan<double> point, Duration like)
    {
        if (like.Stays[0] == 0)
        {
            return like;
        }
        ReadOnlySpan<double> own = point[..ParameterNames.Count];
        return IsInside(own) ? Create(FromPoint(own)) : null;
    }
}

/// <summary>u − 1 ~ Poisson(λ): ρ(u) = λ/u.</summary>
internal sealed class PoissonDurations(int longest) : RatioDurations(FamilyName, longest)
{
    public const string FamilyName = "poisson";

    public override IReadOnlyList<string> ParameterNames { get; } = ["rate"];

    protected override double Ratio(ReadOnlySpan<double> parameters, double steps) => parameters[0] / steps;

    protected override double Limit(ReadOnlySpan<double> parameters) => 0;

    protected override void ToPoint(ReadOnlySpan<double> parameters, Span<double> point) => point[0] = Elementary.Log(parameters[0]);

    protected override double[] FromPoint(ReadOnlySpan<double> point) => [Elementary.Exp(point[0])];

    protected override bool IsInside(ReadOnlySpan<double> point) => IsMean(point[0]);

    protected override double[] Shortest(ReadOnlySpan<double> current) => [0];

    internal override Duration WithMean(double mean) => Create(Math.Max(0.25, mean - 1));

    private protected override DurationFamily With(int longest) => new PoissonDurations(longest);

    private protected override double[] Checked(ReadOnlySpan<double> parameters) => parameters[0] >= 0 && double.IsFinite(parameters[0])
        ? parameters.ToArray()
        : throw new ArgumentException($"Expected a finite rate of durations of zero or more, found {parameters[0]:R}.", nameof(parameters));
}

/// <summary>u − 1 negative binomial: ρ(u) = q(r + u − 1)/u, q = μ/(r + μ).</summary>
internal sealed class NegativeBinomialDurations(int longest) : RatioDurations(FamilyName, longest)
{
    public const string FamilyName = "negative-binomial";

    public override IReadOnlyList<string> ParameterNames { get; } = ["size", "mean"];

    protected override double Ratio(ReadOnlySpan<double> parameters, double steps) => Limit(parameters) * (parameters[0] + steps - 1) / steps;

    protected override double Limit(ReadOnlySpan<double> parameters) => parameters[1] / (parameters[0] + parameters[1]);

    protected override void ToPoint(ReadOnlySpan<double> parameters, Span<double> point)
    {
        point[0] = Elementary.Log(parameters[0]);
        point[1] = Elementary.Log(parameters[1]);
    }

    protected override double[] FromPoint(ReadOnlySpan<double> point) => [Elementary.Exp(point[0]), Elementary.Exp(point[1])];

    protected override bool IsInside(ReadOnlySpan<double> point) => Math.Abs(point[0]) <= MostCoordinate && IsMean(point[1]);

    protected override double[] Shortest(ReadOnlySpan<double> current) => [current[0], 0];

    internal override Duration WithMean(double mean) => Create(1, Math.Max(0.25, mean - 1));

    private protected override DurationFamily With(int longest) => new NegativeBinomialDurations(longest);

    private protected override double[] Checked(ReadOnlySpan<double> parameters) => parameters[0] > 0 && parameters[1] >= 0 && double.IsFinite(parameters[0] + parameters[1])
        ? parameters.ToArray()
        : throw new ArgumentException($"Expected a positive size and a mean of zero or more of durations, both finite, found {parameters[0]:R} and {parameters[1]:R}.", nameof(parameters));
}

/// <summary>P(u) ∝ pᵘ/u: ρ(u) = pu/(u + 1).</summary>
internal sealed class LogSeriesDurations(int longest) : RatioDurations(FamilyName, longest)
{
    public const string FamilyName = "log-series";

    public override IReadOnlyList<string> ParameterNames { get; } = ["probability"];

    protected override double Ratio(ReadOnlySpan<double> parameters, double steps) => parameters[0] * steps / (steps + 1);

    protected override double Limit(ReadOnlySpan<double> parameters) => parameters[0];

    protected override void ToPoint(ReadOnlySpan<double> parameters, Span<double> point) => point[0] = Elementary.Log(parameters[0] / (1 - parameters[0]));

    protected override double[] FromPoint(ReadOnlySpan<double> point) => [1 / (1 + Elementary.Exp(-point[0]))];

    protected override double[] Shortest(ReadOnlySpan<double> current) => [0];

    /// <summary>The mean −p/((1 − p)·log(1 − p)) rises with p: by halving.</summary>
    internal override Duration WithMean(double mean)
    {
        double low = 0.05;
        double high = 1 - 1e-6;
        for (int halving = 0; halving < 40; halving++)
        {
            double p = 0.5 * (low + high);
            (low, high) = -p / ((1 - p) * Elementary.Log(1 - p)) < mean ? (p, high) : (low, p);
        }
        return Create(low);
    }

    private protected override DurationFamily With(int longest) => new LogSeriesDurations(longest);

    private protected override double[] Checked(ReadOnlySpan<double> parameters) => parameters[0] is >= 0 and < 1
        ? parameters.ToArray()
        : throw new ArgumentException($"Expected a parameter of log-series durations from 0 to below 1, found {parameters[0]:R}.", nameof(parameters));
}
