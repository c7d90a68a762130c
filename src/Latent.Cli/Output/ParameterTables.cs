namespace Latent.Cli.Output;

/// <summary>Tables of components over columns of data, laid out for the width that there is.</summary>
internal static class ParameterTables
{
    private const int Gap = 3;
    private const int Edge = 1;
    private const int MostRows = 60;
    private const double WidestSpread = 50;
    private const string WeightRow = "(weight)";

    /// <summary>Each component's weight, and its mean ± standard deviation in every column of data.</summary>
    /// <param name="word">What a component is called.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="weights">The share of each component.</param>
    /// <param name="means">Components × columns.</param>
    /// <param name="deviations">Components × columns, or null for none.</param>
    /// <param name="width">Characters per line.</param>
    /// <param name="full">Whether to print everything, however much.</param>
    public static IEnumerable<Section> Means(
        string word, IReadOnlyList<string> columns, IReadOnlyList<double> weights, double[][] means, double[][]? deviations, int width, bool full)
    {
        string[][] cells = new string[means.Length][];
        for (int k = 0; k < means.Length; k++)
        {
            cells[k] = new string[columns.Count];
        }
        for (int column = 0; column < columns.Count; column++)
        {
            int place = column;
            int decimals = Decimals([.. means.Select(mean => mean[place])], deviations is null ? null : [.. deviations.Select(sd => sd[place])]);
            for (int k = 0; k < means.Length; k++)
            {
                cells[k][column] = Numbers.Fixed(means[k][column], decimals)
                    + (deviations is null ? "" : $" ± {Numbers.Fixed(deviations[k][column], decimals)}");
            }
        }
        string[] shares = [.. weights.Select(Numbers.Percent)];
        return Fits(columns, cells, width)
            ? [ByComponent(word, columns, shares, cells, full)]
            : ByColumn(word, columns, shares, cells, width, full);
    }

    private static int Decimals(double[] means, double[]? deviations)
    {
        double largest = means.Max(Math.Abs);
        double[] scales = [.. (deviations ?? [means.Max() - means.Min()]).Where(scale => scale > 1e-12 * largest)];
        return Numbers.Decimals(scales.Length > 0 ? Math.Max(scales.Min(), scales.Max() / WidestSpread) : 0, largest);
    }

    private static bool Fits(IReadOnlyList<string> columns, string[][] cells, int width)
    {
        int used = "component".Length + Gap + "100.0 %".Length + Gap + Edge;
        for (int column = 0; column < columns.Count; column++)
        {
            used += Gap + Math.Max(columns[column].Length, cells.Max(row => row[column].Length));
        }
        return used <= width;
    }

    private static Section ByComponent(string word, IReadOnlyList<string> columns, string[] shares, string[][] cells, bool full)
    {
        TextTable table = new([word, "weight", .. columns]) { ByComponent = true };
        int shown = full ? cells.Length : Math.Min(cells.Length, MostRows);
        for (int k = 0; k < shown; k++)
        {
            table.Add([(k + 1).ToString(), shares[k], .. cells[k]]);
        }
        return new Section(null, table) { Footer = Rest(cells.Length - shown, word) };
    }

    // One line per column of data; as many components side by side as fit.
    private static IEnumerable<Section> ByColumn(string word, IReadOnlyList<string> columns, string[] shares, string[][] cells, int width, bool full)
    {
        int names = Math.Max(WeightRow.Length, columns.Max(name => name.Length));
        int shown = full ? columns.Count : Math.Min(columns.Count, MostRows);
        for (int first = 0; first < cells.Length;)
        {
            int used = names + Gap + Edge;
            int last = first;
            while (last < cells.Length && (last == first || used + Width(last) <= width))
            {
                used += Width(last++);
            }
            TextTable table = new(["<column", .. Enumerable.Range(first, last - first).Select(k => $"{word} {k + 1}")]);
            table.Add([WeightRow, .. shares[first..last]]);
            for (int column = 0; column < shown; column++)
            {
                table.Add([columns[column], .. cells[first..last].Select(row => row[column])]);
            }
            yield return new Section(null, table) { Footer = Rest(columns.Count - shown, "column") };
            first = last;
        }

        int Width(int k) => Gap + Math.Max($"{word} {k + 1}".Length, cells[k].Max(cell => cell.Length));
    }

    private static string? Rest(int hidden, string word) => hidden > 0 ? $"{Numbers.Count(hidden, $"more {word}")}: --full." : null;
}
