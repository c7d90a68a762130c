using System.Globalization;

namespace Latent.IO;

/// <summary>How much memory the rows of a table may take; what does not fit is read from the disk where it is needed.</summary>
public static class MemoryBudget
{
    /// <summary>A quarter of the memory that this process may use: of the machine's, or of the container's limit.</summary>
    public static long Default => Math.Max(1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>Bytes in words, such as "2.5 GB"; powers of 1000.</summary>
    public static string Describe(long bytes)
    {
        string[] units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
        double size = bytes;
        int unit = 0;
        for (; size >= 999.5 && unit < units.Length - 1; unit++)
        {
            size /= 1000;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{size:G3} {units[unit]}");
    }

    /// <summary>Reads a size such as 500MB, 2GB or 2GiB; a number alone is bytes.</summary>
    /// <returns>False where the text is no size of one byte or more.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        bytes = 0;
        string number = text.TrimEnd().TrimEnd(_unitLetters);
        double? scale = text.TrimEnd()[number.Length..].ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "K" or "KB" => 1e3,
            "M" or "MB" => 1e6,
            "G" or "GB" => 1e9,
            "T" or "TB" => 1e12,
            "KIB" => 1L << 10,
            "MIB" => 1L << 20,
            "GIB" => 1L << 30,
            "TIB" => 1L << 40,
            _ => null,
        };
        if (scale is not { } unit || !double.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out double count))
        {
            return false;
        }
        double size = count * unit;
        bytes = size is >= 1 and < 9e18 ? (long)size : 0;
        return bytes > 0;
    }

    private static readonly char[] _unitLetters = [.. "bBkKmMgGtTiI"];
}
