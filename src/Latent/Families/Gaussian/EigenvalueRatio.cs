namespace Latent.Families;

/// <summary>
/// The bound max λ / min λ ≤ C over the eigenvalues of all covariances of a mixture, and the maximiser under it: every eigenvalue d becomes d clipped to [m, Cm], with the m that
/// minimises Σₖ nₖ Σⱼ (log λₖⱼ + dₖⱼ/λₖⱼ) [Fritz2013, prop. 3].
/// </summary>
internal static class EigenvalueRatio
{
    // A ratio this close to the bound, relatively, lies on it but for rounding.
    private const double AtBound = 1e-8;

    /// <summary>Checks a bound.</summary>
    public static double Checked(double ratio) => ratio >= 1
        ? ratio
        : throw new ArgumentOutOfRangeException(nameof(ratio), ratio, "Expected an eigenvalue ratio of 1 or more; positive infinity is no bound.");

    /// <summary>Whether eigenvalues obey the bound, but for rounding.</summary>
    public static bool Holds(IEnumerable<double[]> eigenvalues, double ratio)
    {
        (double least, double most) = Range(eigenvalues);
        return most <= ratio * least * (1 + AtBound);
    }

    /// <summary>Whether eigenvalues lie on the bound, so that it holds them.</summary>
    public static bool Binds(IEnumerable<double[]> eigenvalues, double ratio)
    {
        (double least, double most) = Range(eigenvalues);
        return !(most < ratio * least * (1 - 1e-6));
    }

    /// <summary>The m that truncates best, at least <paramref name="least"/>; NaN where nothing need be truncated.</summary>
    /// <param name="eigenvalues">dₖⱼ ≥ 0, one array per component.</param>
    /// <param name="rows">nₖ ≥ 0.</param>
    /// <param name="ratio">C.</param>
    /// <param name="least">The least m, positive where all eigenvalues may vanish.</param>
    /// <remarks>
    /// The derivative by m has the sign of h(m) = Σ n·(m − d)₊ − Σ n·(d/C − m)₊, which rises and is linear between the points d and d/C: its zero is found exactly.
    /// </remarks>
    public static double Truncation(IReadOnlyList<double[]> eigenvalues, ReadOnlySpan<double> rows, double ratio, double least)
    {
        (double smallest, double largest) = Range(eigenvalues);
        if (smallest >= least && largest <= ratio * smallest)
        {
            return double.NaN;
        }
        double[] points = [.. eigenvalues.SelectMany(own => own).SelectMany(d => (double[])[d, d / ratio]).Order()];
        (int low, int high) = (0, points.Length - 1);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Slope(points[middle], eigenvalues, rows, ratio).Value >= 0 ? (low, middle) : (middle + 1, high);
        }
        // The zero lies between the point before and this one, where the sets of what is clipped do not change.
        double inside = low == 0 ? points[0] : 0.5 * (points[low - 1] + points[low]);
        (_, double weight, double sum) = Slope(inside, eigenvalues, rows, ratio);
        double best = weight > 0 ? sum / weight : points[low];
        return Math.Max(best, least);
    }

    private static (double Value, double Weight, double Sum) Slope(double m, IReadOnlyList<double[]> eigenvalues, ReadOnlySpan<double> rows, double ratio)
    {
        double weight = 0;
        double sum = 0;
        for (int k = 0; k < eigenvalues.Count; k++)
        {
            foreach (double d in eigenvalues[k])
            {
                if (d < m || d > ratio * m)
                {
                    weight += rows[k];
                    sum += rows[k] * (d < m ? d : d / ratio);
                }
            }
        }
        return (m * weight - sum, weight, sum);
    }

    private static (double Least, double Most) Range(IEnumerable<double[]> eigenvalues)
    {
        (double least, double most) = (double.PositiveInfinity, 0);
        foreach (double[] own in eigenvalues)
        {
            foreach (double d in own)
            {
                (least, most) = (Math.Min(least, d), Math.Max(most, d));
            }
        }
        return (least, most);
    }
}
