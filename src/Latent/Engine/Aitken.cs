namespace Latent.Engine;

/// <summary>Aitken's extrapolation of a sequence of objectives.</summary>
internal static class Aitken
{
    /// <summary>
    /// The gain still to come after the last value: Δ·c/(1−c), c = Δ/Δ₋₁. NaN when there are fewer than three values or c is
    /// not in [0, 1); 0 when the last gain is exactly 0.
    /// </summary>
    public static double RemainingGain(ReadOnlySpan<double> trace)
    {
        if (trace.Length < 3)
        {
            return double.NaN;
        }
        double last = trace[^1] - trace[^2];
        double previous = trace[^2] - trace[^3];
        if (last == 0)
        {
            return 0;
        }
        double rate = last / previous;
        return last > 0 && rate is >= 0 and < 1 ? last * rate / (1 - rate) : double.NaN;
    }
}
