using System.Globalization;

namespace Latent.Cli.Output;

/// <summary>Numbers for people: as many digits as they can use.</summary>
internal static class Numbers
{
    private const int MostDecimals = 8;
    private const double Largest = 1e7;

    /// <summary>Digits after the point that show a quantity of this size to three places; −1 for scientific notation.</summary>
    public static int Decimals(double resolution, double largest)
    {
        if (!(resolution > 0) || !double.IsFinite(resolution))
        {
            resolution = largest > 0 ? largest : 1;
        }
        int decimals = Math.Max(0, 2 - (int)Math.Floor(Math.Log10(resolution)));
        return decimals > MostDecimals || largest >= Largest ? -1 : decimals;
    }

    /// <summary>A number with fixed digits after the point, or in scientific notation.</summary>
    public static string Fixed(double value, int decimals) => !double.IsFinite(value)
        ? "-"
        : decimals < 0
            ? value.ToString("0.000e+0", CultureInfo.InvariantCulture)
            : Unsigned(value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    /// <summary>A number to about so many significant digits.</summary>
    public static string Short(double value, int digits = 4)
    {
        double size = Math.Abs(value);
        return size is 0 or (>= 1e-3 and < Largest)
            ? Fixed(value, size == 0 ? 0 : Math.Clamp(digits - 1 - (int)Math.Floor(Math.Log10(size)), 0, MostDecimals))
            : value.ToString("0." + new string('#', Math.Max(0, digits - 1)) + "e+0", CultureInfo.InvariantCulture);
    }

    /// <summary>A log-likelihood or a criterion.</summary>
    public static string Criterion(double value) => Math.Abs(value) >= 1e12 ? value.ToString("0.000000e+0", CultureInfo.InvariantCulture) : Fixed(value, 3);

    /// <summary>A share as a percentage.</summary>
    public static string Percent(double share) => share > 0 && share < 0.0005
        ? "<0.1 %"
        : share is > -0.0005 and <= 0
            ? "0.0 %"
            : string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");

    /// <summary>A count with thousands apart.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A count and its noun, such as "1 row" or "3 rows".</summary>
    public static string Count(long count, string noun) => $"{Count(count)} {(count == 1 ? noun : Plural(noun))}";

    /// <summary>More than one of a thing.</summary>
    public static string Plural(string noun) => noun.EndsWith('s') ? noun + "es" : noun + "s";

    /// <summary>A time.</summary>
    public static string Time(TimeSpan time) => time.TotalSeconds switch
    {
        < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.TotalMilliseconds):F0} ms"),
        < 99.95 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:F1} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:F1} h"),
    };

    private static string Unsigned(string text) => text[0] == '-' && text.AsSpan(1).IndexOfAnyExcept('0', '.') < 0 ? text[1..] : text;
}
