namespace Latent.Numerics;

/// <summary>Newton's method for the root of a monotone function, kept inside a shrinking bracket: it converges from anywhere.</summary>
public static class SafeNewton
{
    private const int MostSteps = 200;

    /// <summary>The root in [<paramref name="low"/>, <paramref name="high"/>], or the end that the function points beyond.</summary>
    /// <param name="function">The value and the slope at a point; monotone.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    public static double Root(Func<double, (double Value, double Slope)> function, double start, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(function);
        double atLow = function(low).Value;
        double atHigh = function(high).Value;
        if (atLow == 0 || atHigh == 0 || Math.Sign(atLow) == Math.Sign(atHigh))
        {
            return atLow == 0 || Math.Abs(atLow) < Math.Abs(atHigh) ? low : high;
        }
        double x = start > low && start < high ? start : 0.5 * (low + high);
        for (int step = 0; step < MostSteps; step++)
        {
            (double value, double slope) = function(x);
            if (value == 0)
            {
                return x;
            }
            (low, high) = Math.Sign(value) == Math.Sign(atLow) ? (x, high) : (low, x);
            double next = x - value / slope;
            next = next > low && next < high ? next : 0.5 * (low + high);
            if (Math.Abs(next - x) <= 1e-15 * Math.Abs(x) || next == low || next == high)
            {
                return next;
            }
            x = next;
        }
        return x;
    }
}
