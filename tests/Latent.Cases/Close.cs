namespace Latent.Cases;

/// <summary>Agreement within what a case allows.</summary>
internal static class Close
{
    public static void Within(double tolerance, double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance, $"Expected {expected:R} ± {tolerance:R}, found {actual:R}, {Math.Abs(actual - expected):E2} away.");

    public static void Within(double tolerance, IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int index = 0; index < expected.Count; index++)
        {
            Within(tolerance, expected[index], actual[index]);
        }
    }
}
