namespace Latent.Kernels;

/// <summary>Sums over rows in eight lanes (row index modulo 8), joined in a fixed order: the same bits at any register width.</summary>
internal static class LaneSum
{
    /// <summary>The sum of a span whose length is a multiple of eight.</summary>
    public static double Of(ReadOnlySpan<double> values)
    {
        double l0 = 0, l1 = 0, l2 = 0, l3 = 0, l4 = 0, l5 = 0, l6 = 0, l7 = 0;
        for (; values.Length >= 8; values = values[8..])
        {
            l0 += values[0];
            l1 += values[1];
            l2 += values[2];
            l3 += values[3];
            l4 += values[4];
            l5 += values[5];
            l6 += values[6];
            l7 += values[7];
        }
        return ((l0 + l4) + (l2 + l6)) + ((l1 + l5) + (l3 + l7));
    }
}
