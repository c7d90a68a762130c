namespace Latent.Tests.Engine.Acceleration;

/// <summary>
/// F(θ) = θ* + J(θ − θ*) with J = diag(rates) and L = −½Σ(1 − rate)(θ − θ*)²: EM on a quadratic with complete-data information I.
/// The maximum is 0, in every coordinate at <c>Optimum</c>.
/// </summary>
internal sealed class QuadraticMap(double[] rates, double[]? units = null, bool scaled = false) : IGradientEmMap, IScaledEmMap
{
    public const double Optimum = 3;

    public int Length => rates.Length;

    public int Calls { get; private set; }

    /// <summary>Asked at every call; true says infeasible.</summary>
    public Func<ReadOnlySpan<double>, bool>? Refuses { get; init; }

    public Action<int>? OnCall { get; init; }

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, Span<double> gradient, out double objective)
    {
        Calls++;
        OnCall?.Invoke(Calls);
        objective = 0;
        if (Refuses?.Invoke(point) == true)
        {
            return false;
        }
        for (int j = 0; j < rates.Length; j++)
        {
            double unit = units?[j] ?? 1;
            double error = point[j] / unit - Optimum;
            image[j] = (Optimum + rates[j] * error) * unit;
            gradient[j] = -(1 - rates[j]) * error / unit;
            objective -= 0.5 * (1 - rates[j]) * error * error;
        }
        return true;
    }

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective) =>
        TryPass(point, image, new double[point.Length], out objective);

    public void Scale(ReadOnlySpan<double> point, Span<double> scale)
    {
        if (scaled)
        {
            units!.CopyTo(scale);
        }
    }
}

/// <summary>Hides the optional abilities of a map.</summary>
internal sealed class BareMap(IEmMap map, bool objective = true) : IEmMap
{
    public int Length => map.Length;

    public bool HasObjective => objective;

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double value) => map.TryPass(point, image, out value);
}
