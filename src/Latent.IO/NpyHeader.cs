using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Latent.IO;

/// <summary>The header of a NumPy array file, versions 1 to 3: element type, order, shape, and where the data begin.</summary>
internal sealed partial record NpyHeader(string Type, bool IsFortran, long Rows, int Columns, long Offset)
{
    private const int LargestHeader = 1 << 20;

    private static readonly Dictionary<string, int> _sizes = new(StringComparer.Ordinal)
    {
        ["f8"] = 8,
        ["f4"] = 4,
        ["f2"] = 2,
        ["i1"] = 1,
        ["i2"] = 2,
        ["i4"] = 4,
        ["i8"] = 8,
        ["u1"] = 1,
        ["u2"] = 2,
        ["u4"] = 4,
        ["u8"] = 8,
        ["b1"] = 1,
    };

    /// <summary>Whether the data can be used where they lie: rows of float64 or float32.</summary>
    public bool IsMappable => Type is "f8" or "f4" && (!IsFortran || Columns == 1 || Rows <= 1);

    /// <summary>Reads and checks a header; <paramref name="stream"/> is the whole file.</summary>
    public static NpyHeader Read(string file, Stream stream)
    {
        if (!stream.CanSeek)
        {
            throw new DataFormatException(file, "a file on a disk", "a stream", "save it to a file first");
        }
        Span<byte> start = stackalloc byte[12];
        int got = stream.ReadAtLeast(start, 12, throwOnEndOfStream: false);
        if (got == 0)
        {
            throw new DataFormatException(file, "a NumPy array", "an empty file", "check that it was written completely");
        }
        if (got < 12 || !IsMagic(start))
        {
            throw new DataFormatException(file, "a NumPy array (.npy)", "a file that does not begin as one", "save it with numpy.save");
        }
        int version = start[6];
        if (version is < 1 or > 3)
        {
            throw new DataFormatException(file, "NumPy file version 1, 2 or 3", $"version {version}", "save it again with numpy.save");
        }
        int prefix = version == 1 ? 10 : 12;
        long length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length > LargestHeader || prefix + length > stream.Length)
        {
            throw Truncated(file, prefix + length, stream.Length);
        }
        stream.Position = prefix;
        var header = new byte[length];
        stream.ReadExactly(header);
        NpyHeader parsed = Parse(file, Encoding.UTF8.GetString(header), prefix + length);
        long expected = checked(parsed.Offset + parsed.Rows * parsed.Columns * _sizes[parsed.Type]);
        return expected <= stream.Length ? parsed : throw Truncated(file, expected, stream.Length);
    }

    private static bool IsMagic(ReadOnlySpan<byte> start) => start[0] == 0x93 && start[1..6].SequenceEqual("NUMPY"u8);

    private static NpyHeader Parse(string file, string text, long offset)
    {
        Match type = TypePattern().Match(text);
        Match order = OrderPattern().Match(text);
        Match shape = ShapePattern().Match(text);
        if (!order.Success || !shape.Success)
        {
            throw new DataFormatException(file, "a header with the fields descr, fortran_order and shape", DataFormatException.Quote(text.Trim()), "save it again with numpy.save");
        }
        if (!type.Success || !_sizes.ContainsKey(type.Groups[2].Value))
        {
            string found = type.Success ? type.Groups[1].Value + type.Groups[2].Value : "a structured type";
            throw new DataFormatException(file, "an array of numbers", $"elements of type {found}", "convert it with .astype('<f8')");
        }
        if (type.Groups[1].Value == ">" && _sizes[type.Groups[2].Value] > 1)
        {
            throw new DataFormatException(file, "little-endian numbers", $"type >{type.Groups[2].Value}", $"convert it with .astype('<{type.Groups[2].Value}')");
        }
        (long rows, int columns) = Shape(file, shape.Groups[1].Value);
        return new NpyHeader(type.Groups[2].Value, order.Groups[1].Value == "True", rows, columns, offset);
    }

    private static (long Rows, int Columns) Shape(string file, string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        long[] lengths = new long[parts.Length];
        bool numbers = true;
        for (int part = 0; part < parts.Length; part++)
        {
            numbers &= long.TryParse(parts[part].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out lengths[part]);
        }
        bool valid = numbers && (lengths.Length is 1 or 2) && (lengths.Length == 1 || lengths[1] is > 0 and <= int.MaxValue);
        return valid && lengths[0] <= long.MaxValue / 8 / (lengths.Length == 1 ? 1 : lengths[1]) - LargestHeader
            ? (lengths[0], lengths.Length == 1 ? 1 : (int)lengths[1])
            : throw new DataFormatException(file, "an array of rows × columns, or of one dimension", $"shape ({text})", "reshape it, rows first");
    }

    private static DataFormatException Truncated(string file, long expected, long found) =>
        new(file, $"{expected} bytes as its header says", found.ToString(CultureInfo.InvariantCulture), "it was not written or copied completely: do so again");

    [GeneratedRegex(@"['""]descr['""]\s*:\s*['""]([<>|=]?)([^'""]*)['""]")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"['""]fortran_order['""]\s*:\s*(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"['""]shape['""]\s*:\s*\(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
