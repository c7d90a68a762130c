namespace Latent.Numerics;

/// <summary>Draws of an index by probabilities.</summary>
internal static class DiscreteDraw
{
    /// <summary>The index in whose share a uniform number lies: the first at which the sum of the shares exceeds it, or, where rounding leaves none, the last of positive share.</summary>
    /// <param name="shares">Probabilities, which sum to one.</param>
    /// <param name="uniform">A number in [0, 1), or in [0, s) for shares that sum to s.</param>
    public static int Index(ReadOnlySpan<double> shares, double uniform)
    {
        int last = Math.Max(0, shares.LastIndexOfAnyExcept(0.0));
        for (int index = 0; index < last; index++)
        {
            uniform -= shares[index];
            if (uniform < 0)
            {
                return index;
            }
        }
        return last;
    }
}
