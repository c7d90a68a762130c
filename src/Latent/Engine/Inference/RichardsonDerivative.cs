namespace Latent.Engine;

/// <summary>
/// First derivatives by central differences at two steps and Richardson's extrapolation: (4·D(h/2) − D(h))/3, with an error of order h⁴.
/// </summary>
internal static class RichardsonDerivative
{
    private const int MostAttempts = 8;
    private const double WantedCorrection = 2e-5;
    private const double AimedCorrection = 1e-6;

    /// <summary>The derivative at t = 0 of t ↦ <paramref name="curve"/>(t).</summary>
    /// <param name="curve">The values at t, or null where there are none.</param>
    /// <param name="step">The first step tried. It shrinks while the extrapolation still changes the derivative by more than 2e-5 of its size, or points are missing.</param>
    /// <param name="weights">Factors that make the values comparable; empty: they are.</param>
    /// <param name="magnitude">A weighted derivative of this size is ordinary: no more than 2e-5 of it is asked for.</param>
    /// <returns>The derivative, and what the extrapolation has added to each element; null where the curve has no two sides.</returns>
    public static (double[] Value, double[] Correction)? Of(Func<double, double[]?> curve, double step, ReadOnlySpan<double> weights = default, double magnitude = 0)
    {
        (double[] Value, double[] Correction)? best = null;
        double smallest = double.PositiveInfinity;
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (curve(step) is not { } right || curve(-step) is not { } left || curve(step / 2) is not { } nearRight || curve(-step / 2) is not { } nearLeft)
            {
                step /= 8;
                continue;
            }
            (double[] Value, double[] Correction) found = Extrapolate(left, right, nearLeft, nearRight, step);
            double relative = Relative(found, weights, magnitude);
            if (best is not null && !(relative < 0.5 * smallest))
            {
                break;
            }
            (best, smallest) = (found, relative);
            if (relative <= WantedCorrection)
            {
                break;
            }
            step *= Math.Clamp(Math.Sqrt(AimedCorrection / relative), 1e-3, 0.3);
        }
        return best;
    }

    private static (double[] Value, double[] Correction) Extrapolate(double[] left, double[] right, double[] nearLeft, double[] nearRight, double step)
    {
        double[] value = new double[left.Length];
        double[] correction = new double[left.Length];
        for (int i = 0; i < value.Length; i++)
        {
            double wide = (right[i] - left[i]) / (2 * step);
            double near = (nearRight[i] - nearLeft[i]) / step;
            correction[i] = (near - wide) / 3;
            value[i] = near + correction[i];
        }
        return (value, correction);
    }

    private static double Relative((double[] Value, double[] Correction) found, ReadOnlySpan<double> weights, double magnitude)
    {
        double change = 0;
        for (int i = 0; i < found.Value.Length; i++)
        {
            double weight = weights.IsEmpty ? 1 : weights[i];
            magnitude = Math.Max(magnitude, weight * Math.Abs(found.Value[i]));
            change = Math.Max(change, weight * Math.Abs(found.Correction[i]));
        }
        return magnitude > 0 ? change / magnitude : 0;
    }
}
