using System.Globalization;

namespace Latent.Families;

/// <summary>Bounds that keep a continuous component from collapsing on equal or nearly equal rows: inactive in a healthy fit, and named where they are not.</summary>
internal static class Floors
{
    /// <summary>The largest shape, or the like: the least width is 10⁻⁴ of the size of the values, as far as that of a normal component may shrink.</summary>
    public const double MostShape = 1e8;

    /// <summary>The least shape.</summary>
    public const double LeastShape = 1e-8;

    /// <summary>What is said when a bound is active.</summary>
    public static string Message(string what, double bound) => string.Create(
        CultureInfo.InvariantCulture, $"{what} is held at {bound:G3}: the component has collapsed on equal or nearly equal rows, where its likelihood has no maximum. Use fewer components, or look at repeated values.");
}
