using Xunit.Sdk;

namespace Latent.Testing;

/// <summary>Comparisons of numbers that say where they fail and by how much.</summary>
public static class Close
{
    /// <summary>
    /// Asserts |actual − expected| ≤ <paramref name="tolerance"/> · max(|expected|, magnitude) element by element.
    /// </summary>
    /// <param name="expected">The right values.</param>
    /// <param name="actual">The values found.</param>
    /// <param name="tolerance">Relative tolerance.</param>
    /// <param name="magnitude">
    /// Per element, the size of the terms whose sum it is (for sums that cancel), or empty: 1 for all.
    /// </param>
    /// <param name="what">What is compared, for the message.</param>
    /// <exception cref="XunitException">They differ by more, in length, or one is NaN where the other is not.</exception>
    public static void Equal(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance, ReadOnlySpan<double> magnitude = default, string what = "values")
    {
        if (expected.Length != actual.Length)
        {
            throw new XunitException($"Expected {expected.Length} {what}, found {actual.Length}.");
        }
        for (int index = 0; index < expected.Length; index++)
        {
            double scale = Math.Max(Math.Abs(expected[index]), magnitude.IsEmpty ? 1 : magnitude[index]);
            Equal(expected[index], actual[index], tolerance * scale, $"{what}[{index}]");
        }
    }

    /// <summary>Asserts |actual − expected| ≤ <paramref name="tolerance"/>; equal infinities and two NaN are equal.</summary>
    /// <exception cref="XunitException">They differ by more.</exception>
    public static void Equal(double expected, double actual, double tolerance, string what = "value")
    {
        bool equal = expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance;
        if (!equal)
        {
            throw new XunitException($"Expected {what} = {expected:R} ± {tolerance:G3}, found {actual:R}: off by {Math.Abs(expected - actual):G3}.");
        }
    }

    /// <summary>Asserts that two sequences hold the same bits: −0 differs from +0, and one NaN from another.</summary>
    /// <exception cref="XunitException">They differ.</exception>
    public static void SameBits(IReadOnlyList<double> expected, IReadOnlyList<double> actual, string what = "values")
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);
        if (expected.Count != actual.Count)
        {
            throw new XunitException($"Expected {expected.Count} {what}, found {actual.Count}.");
        }
        for (int index = 0; index < expected.Count; index++)
        {
            if (BitConverter.DoubleToInt64Bits(expected[index]) != BitConverter.DoubleToInt64Bits(actual[index]))
            {
                throw new XunitException($"Expected the bits of {what}[{index}] = {expected[index]:R}, found {actual[index]:R}.");
            }
        }
    }
}
