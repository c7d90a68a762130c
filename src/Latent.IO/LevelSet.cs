using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Latent.IO;

/// <summary>The distinct texts of a column, numbered in order of appearance while it is read.</summary>
internal sealed class LevelSet
{
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<string> _levels = [];
    private char[] _buffer = new char[64];

    public LevelSet() => _lookup = _codes.GetAlternateLookup<ReadOnlySpan<char>>();

    public IReadOnlyList<string> Levels => _levels;

    /// <summary>The number of a text, new or seen before; no string is made for one seen before.</summary>
    public int Code(ReadOnlySpan<char> text)
    {
        ref int code = ref CollectionsMarshal.GetValueRefOrAddDefault(_lookup, text, out bool exists);
        if (!exists)
        {
            code = _levels.Count;
            _levels.Add(text.ToString());
        }
        return code;
    }

    /// <summary>The number of a text in UTF-8.</summary>
    public int Code(ReadOnlySpan<byte> utf8)
    {
        if (_buffer.Length < utf8.Length)
        {
            _buffer = new char[2 * utf8.Length];
        }
        int length = Encoding.UTF8.GetChars(utf8, _buffer);
        return Code(_buffer.AsSpan(0, length));
    }

    /// <summary>The number of a number: that of its shortest exact text.</summary>
    public int Code(double value)
    {
        Span<char> text = stackalloc char[32];
        value.TryFormat(text, out int length, default, CultureInfo.InvariantCulture);
        return Code(text[..length]);
    }

    /// <summary>The levels sorted (as numbers if all are numbers, else by character), and for each code its place among them.</summary>
    public (string[] Levels, int[] Place) Sort()
    {
        string[] sorted = [.. _levels];
        double[] keys = new double[sorted.Length];
        bool numbers = true;
        for (int level = 0; level < keys.Length && numbers; level++)
        {
            numbers = double.TryParse(sorted[level], NumberStyles.Float, CultureInfo.InvariantCulture, out keys[level]);
        }
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        if (numbers)
        {
            order = [.. order.OrderBy(code => keys[code]).ThenBy(code => _levels[code], StringComparer.Ordinal)];
        }
        else
        {
            Array.Sort(order, (a, b) => string.CompareOrdinal(_levels[a], _levels[b]));
        }
        var place = new int[sorted.Length];
        for (int level = 0; level < order.Length; level++)
        {
            place[order[level]] = level;
            sorted[level] = _levels[order[level]];
        }
        return (sorted, place);
    }
}
