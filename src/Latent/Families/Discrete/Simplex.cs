namespace Latent.Families;

/// <summary>What families of probabilities that sum to one share.</summary>
internal static class Simplex
{
    /// <summary>The sum.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }
        return sum;
    }

    /// <summary>All probabilities from all but the last, or null where they are none.</summary>
    public static double[]? Read(ReadOnlySpan<double> point)
    {
        double[] probabilities = [.. point, 1];
        bool valid = true;
        foreach (double probability in point)
        {
            valid &= probability >= 0;
            probabilities[^1] -= probability;
        }
        // A last probability of 0 comes back from the others with their rounding.
        probabilities[^1] = Math.Abs(probabilities[^1]) < 1e-15 ? 0 : probabilities[^1];
        return valid && probabilities[^1] >= 0 ? probabilities : null;
    }
}
