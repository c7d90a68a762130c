using Latent.Numerics;

namespace Latent.Families;

/// <summary>What families of counts share.</summary>
internal static class Counts
{
    /// <summary>What a cell must be.</summary>
    public const string Expected = "a count (0, 1, 2, …)";

    // The largest count up to which every whole number is a double.
    private const double Most = 9007199254740992;

    private static readonly double[] _logFactorials = [.. Enumerable.Range(0, 1024).Select(count => GammaFunctions.LogFactorial(count))];

    /// <summary>Whether a cell is a count.</summary>
    public static bool Is(double x) => x is >= 0 and <= Most && x == Math.Floor(x);

    /// <summary>log x!</summary>
    public static double LogFactorial(double x) => x < _logFactorials.Length ? _logFactorials[(int)x] : GammaFunctions.LogFactorial(x);
}
