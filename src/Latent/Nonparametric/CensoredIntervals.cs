using Latent.Data;

namespace Latent.Nonparametric;

/// <summary>
/// Events known to lie in intervals (left, right]; left = right is an event at that very time. The likelihood depends on the distribution only through the masses of the <em>innermost</em> intervals, those that
/// begin at some observation's left end and end at another's right end with none in between [Turnbull1976], and each observation covers a run of them.
/// </summary>
public sealed class CensoredIntervals
{
    // At one time: an exact event begins, intervals end, intervals begin.
    private const int ExactBegins = 0, Ends = 1, Begins = 2;

    private CensoredIntervals(double[] left, double[] right, RowSource runs)
    {
        Left = left;
        Right = right;
        Runs = runs;
    }

    /// <summary>Left ends of the innermost intervals, ascending; −∞ where an observation has none.</summary>
    public IReadOnlyList<double> Left { get; }

    /// <summary>Right ends of the innermost intervals; +∞ beyond the last observation.</summary>
    public IReadOnlyList<double> Right { get; }

    /// <summary>The number of innermost intervals.</summary>
    public int Count => Left.Count;

    /// <summary>Per observation the first and the last innermost interval that it covers, with its weight.</summary>
    internal RowSource Runs { get; }

    /// <summary>The innermost intervals of observations.</summary>
    /// <param name="rows">Two columns: left end (missing: −∞) and right end (missing: +∞). Weights count as frequencies.</param>
    /// <exception cref="ArgumentException">Not two columns, no rows, or a left end above its right end; the message names the row.</exception>
    public static CensoredIntervals Of(IRowSource rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Columns != 2 || rows.Rows == 0)
        {
            throw new ArgumentException($"Expected rows of a left and a right end, found {rows.Rows} rows of {rows.Columns} columns.", nameof(rows));
        }
        (double Time, int Kind)[] left = new (double, int)[rows.Rows];
        (double Time, int Kind)[] right = new (double, int)[rows.Rows];
        double[] cells = new double[2];
        for (int row = 0; row < left.Length; row++)
        {
            rows.CopyRow(row, cells);
            double from = double.IsNaN(cells[0]) ? double.NegativeInfinity : cells[0];
            double to = double.IsNaN(cells[1]) ? double.PositiveInfinity : cells[1];
            if (from > to)
            {
                throw new ArgumentException($"Expected a left end of at most its right end in row {row + 1}, found {from} and {to}. Swap or correct them.", nameof(rows));
            }
            left[row] = (from, from == to ? ExactBegins : Begins);
            right[row] = (to, Ends);
        }
        (double Time, int Kind)[] ends = [.. left.Concat(right).Distinct().Order()];
        List<int> innermost = [];
        for (int index = 0; index + 1 < ends.Length; index++)
        {
            if (ends[index].Kind != Ends && ends[index + 1].Kind == Ends)
            {
                innermost.Add(index);
            }
        }
        RowBuilder runs = new(2);
        foreach (((double, int) from, (double, int) to) in left.Zip(right))
        {
            int first = Array.BinarySearch(ends, from);
            int last = Array.BinarySearch(ends, to);
            Span<double> run = runs.Add();
            run[0] = FirstAtLeast(innermost, first);
            run[1] = FirstAtLeast(innermost, last) - 1;
        }
        RowSource source = runs.ToRows(Schema.Numeric("first", "last"));
        if (rows.HasWeights)
        {
            double[] weights = new double[left.Length];
            for (int row = 0; row < weights.Length; row++)
            {
                weights[row] = rows.Weight(row);
            }
            source = source.WithWeights(weights);
        }
        return new CensoredIntervals([.. innermost.Select(index => ends[index].Time)], [.. innermost.Select(index => ends[index + 1].Time)], source);
    }

    // The number of innermost intervals that begin before a place among the ends.
    private static int FirstAtLeast(List<int> innermost, int place)
    {
        int found = innermost.BinarySearch(place);
        return found < 0 ? ~found : found;
    }
}
