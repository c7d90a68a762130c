namespace Latent.Numerics;

/// <summary>Sine and cosine with the same bits on every machine; errors of some 10⁻¹⁶ for angles of a few turns.</summary>
public static class Trigonometry
{
    // π/2 in two parts, the first with 33 zero bits at its end.
    private const double QuarterHigh = 1.5707963267341256;
    private const double QuarterLow = 6.077100506506192e-11;

    /// <summary>(sin x, cos x).</summary>
    public static (double Sin, double Cos) SinCos(double x)
    {
        double turns = Math.Round(x * (2 / Math.PI));
        double r = Math.FusedMultiplyAdd(-turns, QuarterLow, Math.FusedMultiplyAdd(-turns, QuarterHigh, x));
        double z = r * r;
        double sin = r + r * z * (-1.0 / 6 + z * (1.0 / 120 + z * (-1.0 / 5040 + z * (1.0 / 362880 + z * (-1.0 / 39916800 + z * (1.0 / 6227020800 - z / 1307674368000))))));
        double cos = 1 - z / 2 + z * z * (1.0 / 24 + z * (-1.0 / 720 + z * (1.0 / 40320 + z * (-1.0 / 3628800 + z * (1.0 / 479001600 + z * (-1.0 / 87178291200 + z / 20922789888000))))));
        return ((long)turns & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }
}
