namespace Latent.Tests.Engine.Acceleration;

/// <summary>
/// Deaths of women of 80 and over per day in The Times, 1910–12: 0 to 9 deaths on 162, 267, … days. Mixture of two Poisson
/// distributions [Hasselblad, JASA 64 (1969) 1459, table 1; also Titterington, Smith and Makov 1985]; θ = (π, μ₁, μ₂).
/// </summary>
/// <param name="strict">
/// Answer "infeasible" outside the parameter space. The published evaluation counts come from a map that evaluates its formulas anywhere.
/// </param>
internal sealed class HasselbladMap(bool strict) : IGradientEmMap
{
    public static readonly double[] Counts = [162, 267, 271, 185, 111, 61, 27, 8, 3, 1];

    /// <summary>Maximum likelihood estimate to all digits, and −L there (computed to 16 digits; 1989.945859883 is the optimum that the turboEM vignette prints).</summary>
    public static readonly double[] Estimate = [.3598853969851003, 1.2560951012246255, 2.6634043566326744];

    public const double Maximum = -1989.945859882964;

    private static readonly double[] _logFactorial = [.. Enumerable.Range(0, 10).Select(n => Enumerable.Range(1, n).Sum(k => Math.Log(k)))];

    public int Length => 3;

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective) =>
        TryPass(point, image, new double[3], out objective);

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, Span<double> gradient, out double objective)
    {
        (double weight, double first, double second) = (point[0], point[1], point[2]);
        objective = 0;
        gradient.Clear();
        if (strict && !(weight > 0 && weight < 1 && first > 0 && second > 0))
        {
            return false;
        }
        double days = 0, inFirst = 0, deathsFirst = 0, deathsSecond = 0;
        for (int deaths = 0; deaths < Counts.Length; deaths++)
        {
            double a = Math.Exp(-first) * Math.Pow(first, deaths);
            double b = Math.Exp(-second) * Math.Pow(second, deaths);
            double mixture = weight * a + (1 - weight) * b;
            double responsibility = weight * a / mixture;
            days += Counts[deaths];
            inFirst += Counts[deaths] * responsibility;
            deathsFirst += Counts[deaths] * deaths * responsibility;
            deathsSecond += Counts[deaths] * deaths * (1 - responsibility);
            objective += Counts[deaths] * (Math.Log(mixture) - _logFactorial[deaths]);
            gradient[0] += Counts[deaths] * (a - b) / mixture;
            gradient[1] += Counts[deaths] * responsibility * (deaths / first - 1);
            gradient[2] += Counts[deaths] * (1 - responsibility) * (deaths / second - 1);
        }
        image[0] = inFirst / days;
        image[1] = deathsFirst / inFirst;
        image[2] = deathsSecond / (days - inFirst);
        return true;
    }
}
