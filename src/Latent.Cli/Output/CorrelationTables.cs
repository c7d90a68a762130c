namespace Latent.Cli.Output;

/// <summary>Correlations within components: as columns of one table, as triangles, or the strongest alone, by how many there are.</summary>
internal static class CorrelationTables
{
    private const int MostPairs = 10;
    private const int MostColumns = 8;
    private const int MostTriangles = 6;
    private const int Strongest = 4;
    private const int Indent = 18;

    /// <summary>The correlations of every component.</summary>
    public static IEnumerable<Section> PerComponent(IReadOnlyList<string> columns, double[][,] correlations, int width, bool full)
    {
        (int First, int Second)[] pairs = [.. Pairs(columns.Count)];
        string[] names = [.. pairs.Select(pair => $"{columns[pair.First]} ~ {columns[pair.Second]}")];
        if (pairs.Length <= MostPairs && "component".Length + 4 + names.Sum(name => name.Length + 3) <= width)
        {
            TextTable table = new(["component", .. names]) { ByComponent = true };
            for (int k = 0; k < correlations.Length; k++)
            {
                int component = k;
                table.Add([$"{k + 1}", .. pairs.Select(pair => Text(correlations[component][pair.First, pair.Second]))]);
            }
            return [Section.Of("Correlations within components", table)];
        }
        return full || (columns.Count <= MostColumns && correlations.Length <= MostTriangles)
            ? correlations.SelectMany((matrix, k) => One($"Correlations within component {k + 1}", columns, matrix, width, full))
            : [StrongestOf(columns, correlations, pairs, width)];
    }

    /// <summary>One matrix as a triangle, or its strongest correlations.</summary>
    public static IEnumerable<Section> One(string heading, IReadOnlyList<string> columns, double[,] correlations, int width, bool full)
    {
        if (columns.Count > MostColumns && !full)
        {
            return [StrongestOf(columns, [correlations], [.. Pairs(columns.Count)], width) with { Heading = heading }];
        }
        TextTable table = new(["<", .. columns.Take(columns.Count - 1)]);
        for (int row = 1; row < columns.Count; row++)
        {
            int line = row;
            table.Add([columns[row], .. Enumerable.Range(0, columns.Count - 1).Select(column => column < line ? Text(correlations[line, column]) : "")]);
        }
        return [Section.Of(heading, table)];
    }

    private static Section StrongestOf(IReadOnlyList<string> columns, double[][,] correlations, (int First, int Second)[] pairs, int width)
    {
        TextTable table = new(["component", "<strongest correlations"]) { ByComponent = true };
        for (int k = 0; k < correlations.Length; k++)
        {
            double[,] matrix = correlations[k];
            string shown = "";
            foreach ((int first, int second) in pairs.OrderByDescending(pair => Math.Abs(matrix[pair.First, pair.Second])).Take(Strongest))
            {
                string next = $"{columns[first]} ~ {columns[second]} {Text(matrix[first, second])}";
                if (shown.Length > 0 && shown.Length + next.Length + 2 > width - Indent)
                {
                    break;
                }
                shown += shown.Length > 0 ? $", {next}" : next;
            }
            table.Add($"{k + 1}", shown);
        }
        return new Section("Correlations within components", table, null) { Footer = "All of them: --full." };
    }

    private static IEnumerable<(int First, int Second)> Pairs(int columns)
    {
        for (int first = 0; first < columns; first++)
        {
            for (int second = first + 1; second < columns; second++)
            {
                yield return (first, second);
            }
        }
    }

    private static string Text(double correlation) => Numbers.Fixed(correlation, 2);
}
