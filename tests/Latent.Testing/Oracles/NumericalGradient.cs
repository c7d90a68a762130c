namespace Latent.Testing;

/// <summary>Derivatives by differences: slow, and right without any thought.</summary>
public static class NumericalGradient
{
    /// <summary>
    /// The gradient of <paramref name="function"/> by the five-point rule, error O(h⁴), with
    /// h = 10⁻³·max(1, |x|) per coordinate.
    /// </summary>
    public static double[] Of(Func<double[], double> function, double[] point)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(point);
        double[] gradient = new double[point.Length];
        for (int index = 0; index < point.Length; index++)
        {
            double step = 1e-3 * Math.Max(1, Math.Abs(point[index]));
            double At(int steps)
            {
                double[] moved = [.. point];
                moved[index] += steps * step;
                return function(moved);
            }
            gradient[index] = (8 * (At(1) - At(-1)) - (At(2) - At(-2))) / (12 * step);
        }
        return gradient;
    }
}
