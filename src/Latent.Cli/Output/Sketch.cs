using System.Text;
using Latent.Cli.Models;
using Latent.Data;

namespace Latent.Cli.Output;

/// <summary>
/// A small picture of one or two columns of data for a person at a terminal: a histogram, or a scatter of dots, coloured by
/// component; without colours, the number of the component stands for its rows.
/// </summary>
internal sealed class Sketch
{
    private const int MostRows = 20_000;
    private const int WidestPlot = 64;
    private const int ScatterLines = 14;
    private const int HistogramLines = 7;

    private static readonly int[] _dots = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80];

    private readonly double[] _values;
    private readonly int[] _labels;
    private readonly int _columns;
    private readonly int _components;
    private readonly int _width;
    private readonly bool _colors;

    private Sketch(FittedModel model, IRowSource rows, Terminal terminal)
    {
        _columns = rows.Columns;
        _values = Thinned(rows);
        _labels = model.Predict(RowSource.From(_values, _columns), 0).Labels ?? new int[_values.Length / _columns];
        _components = model.Components;
        _width = Math.Min(WidestPlot, terminal.Width - 16);
        _colors = terminal.Colors;
    }

    /// <summary>The lines of the picture, or none where there is nothing to see.</summary>
    public static IEnumerable<string> Of(FittedModel model, IRowSource rows, Terminal terminal)
    {
        if (model.Columns.Count > 2 || rows.Rows < 10 || rows.MissingCells > 0 || terminal.Width < 40)
        {
            return [];
        }
        Sketch sketch = new(model, rows, terminal);
        (double Least, double Most)[] ranges = [.. Enumerable.Range(0, sketch._columns).Select(sketch.Range)];
        return !Array.TrueForAll(ranges, range => double.IsFinite(range.Most - range.Least) && range.Most > range.Least)
            ? []
            : ranges.Length == 1
                ? sketch.Histogram(ranges[0], model.Columns[0])
                : sketch.Scatter(ranges[0], ranges[1], model.Columns);
    }

    private IEnumerable<string> Scatter((double Least, double Most) horizontal, (double Least, double Most) vertical, IReadOnlyList<string> names)
    {
        int[] bits = new int[_width * ScatterLines];
        int[] counts = new int[bits.Length * _components];
        for (int row = 0; row < _labels.Length; row++)
        {
            int x = Place(_values[2 * row], horizontal, 2 * _width);
            int y = 4 * ScatterLines - 1 - Place(_values[2 * row + 1], vertical, 4 * ScatterLines);
            int cell = y / 4 * _width + x / 2;
            bits[cell] |= _dots[x % 2 * 4 + y % 4];
            counts[cell * _components + _labels[row]]++;
        }
        (string top, string bottom) = (Numbers.Short(vertical.Most), Numbers.Short(vertical.Least));
        int gutter = Math.Max(top.Length, bottom.Length);
        yield return $"{new string(' ', gutter)} {names[1]}";
        for (int line = 0; line < ScatterLines; line++)
        {
            StringBuilder text = new((line == 0 ? top : line == ScatterLines - 1 ? bottom : "").PadLeft(gutter) + " │");
            for (int cell = line * _width; cell < (line + 1) * _width; cell++)
            {
                Paint(text, (char)(0x2800 + bits[cell]), bits[cell] == 0 ? -1 : Majority(counts.AsSpan(cell * _components, _components)));
            }
            yield return text.ToString().TrimEnd();
        }
        foreach (string line in Ruler(horizontal, names[0], gutter))
        {
            yield return line;
        }
    }

    private IEnumerable<string> Histogram((double Least, double Most) range, string name)
    {
        int[] counts = new int[_width * _components];
        int[] bins = new int[_width];
        for (int row = 0; row < _labels.Length; row++)
        {
            int bin = Place(_values[row], range, _width);
            bins[bin]++;
            counts[bin * _components + _labels[row]]++;
        }
        double unit = 8.0 * HistogramLines / bins.Max();
        for (int line = HistogramLines - 1; line >= 0; line--)
        {
            StringBuilder text = new("  ");
            for (int bin = 0; bin < _width; bin++)
            {
                int height = (int)Math.Ceiling(bins[bin] * unit) - 8 * line;
                char bar = height <= 0 ? ' ' : (char)(0x2580 + Math.Min(8, height));
                Paint(text, bar, height <= 0 ? -1 : Majority(counts.AsSpan(bin * _components, _components)));
            }
            yield return text.ToString().TrimEnd();
        }
        foreach (string line in Ruler(range, name, 0))
        {
            yield return line;
        }
    }

    private IEnumerable<string> Ruler((double Least, double Most) range, string name, int gutter)
    {
        string space = new(' ', gutter + 2);
        yield return $"{new string(' ', gutter)} └{new string('─', _width)}";
        string least = Numbers.Short(range.Least);
        string most = Numbers.Short(range.Most);
        int room = _width - least.Length - most.Length - 2;
        string middle = room >= name.Length ? name.PadLeft((room + name.Length) / 2).PadRight(room) : new string(' ', Math.Max(0, room));
        yield return $"{space}{least} {middle} {most}";
    }

    private void Paint(StringBuilder text, char mark, int component)
    {
        if (component < 0)
        {
            text.Append(' ');
        }
        else if (_colors)
        {
            text.Append("\u001b[").Append(Palette.Ansi(component)).Append('m').Append(mark).Append("\u001b[0m");
        }
        else
        {
            text.Append(_components == 1 ? '*' : component < 9 ? (char)('1' + component) : '+');
        }
    }

    private (double Least, double Most) Range(int column)
    {
        (double least, double most) = (double.PositiveInfinity, double.NegativeInfinity);
        for (int cell = column; cell < _values.Length; cell += _columns)
        {
            (least, most) = (Math.Min(least, _values[cell]), Math.Max(most, _values[cell]));
        }
        return (least, most);
    }

    private static int Place(double value, (double Least, double Most) range, int places) =>
        Math.Min(places - 1, (int)((value - range.Least) / (range.Most - range.Least) * places));

    private static int Majority(ReadOnlySpan<int> counts)
    {
        int most = 0;
        for (int component = 1; component < counts.Length; component++)
        {
            most = counts[component] > counts[most] ? component : most;
        }
        return most;
    }

    private static double[] Thinned(IRowSource rows)
    {
        long step = Math.Max(1, (rows.Rows + MostRows - 1) / MostRows);
        double[] values = new double[checked((int)((rows.Rows + step - 1) / step)) * rows.Columns];
        for (int taken = 0; taken * rows.Columns < values.Length; taken++)
        {
            rows.CopyRow(taken * step, values.AsSpan(taken * rows.Columns, rows.Columns));
        }
        return values;
    }
}
