using Latent.Data;

namespace Latent.Incomplete;

/// <summary>
/// Imputed cells of a column beside its observed ones. They need not agree: where large values are missing more often, imputed ones should be larger. Differences
/// that nothing explains, and values that cannot be, say that the model does not suit the column.
/// </summary>
/// <param name="Name">The column.</param>
/// <param name="Missing">Its missing cells.</param>
/// <param name="Observed">The observed cells.</param>
/// <param name="Imputed">The imputed cells, of all completed tables together.</param>
/// <param name="Distance">The greatest distance of the two distribution functions (Kolmogorov–Smirnov), from 0 to 1.</param>
public sealed record ImputedColumn(string Name, int Missing, CellDistribution Observed, CellDistribution Imputed, double Distance)
{
    /// <summary>Compares the columns that miss cells.</summary>
    internal static IReadOnlyList<ImputedColumn> Compare(IRowSource rows, IReadOnlyList<double[]> completed)
    {
        int d = rows.Columns;
        foreach (double[] table in completed)
        {
            if (table.Length != rows.Rows * d)
            {
                throw new ArgumentException($"Expected completed tables of {rows.Rows} × {d} values, found one of {table.Length}.", nameof(completed));
            }
        }
        List<double>[] observed = [.. Enumerable.Range(0, d).Select(_ => new List<double>())];
        List<double>[] imputed = [.. Enumerable.Range(0, d).Select(_ => new List<double>())];
        int[] missing = new int[d];
        double[] row = new double[d];
        for (int index = 0; index < rows.Rows; index++)
        {
            rows.CopyRow(index, row);
            for (int column = 0; column < d; column++)
            {
                if (!double.IsNaN(row[column]))
                {
                    observed[column].Add(row[column]);
                    continue;
                }
                missing[column]++;
                foreach (double[] table in completed)
                {
                    imputed[column].Add(table[index * d + column]);
                }
            }
        }
        List<ImputedColumn> columns = [];
        for (int column = 0; column < d; column++)
        {
            if (missing[column] > 0 && completed.Count > 0)
            {
                observed[column].Sort();
                imputed[column].Sort();
                columns.Add(new ImputedColumn(
                    rows.Schema[column].Name, missing[column], CellDistribution.Of(observed[column]), CellDistribution.Of(imputed[column]), Greatest(observed[column], imputed[column])));
            }
        }
        return columns;
    }

    private static double Greatest(List<double> first, List<double> second)
    {
        double most = 0;
        int i = 0;
        int j = 0;
        while (i < first.Count && j < second.Count)
        {
            double value = Math.Min(first[i], second[j]);
            while (i < first.Count && first[i] <= value)
            {
                i++;
            }
            while (j < second.Count && second[j] <= value)
            {
                j++;
            }
            most = Math.Max(most, Math.Abs((double)i / first.Count - (double)j / second.Count));
        }
        return most;
    }
}

/// <summary>The distribution of some cells in eight numbers. NaN where there are none.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="StandardDeviation">Their standard deviation, divided by n.</param>
/// <param name="Least">The least.</param>
/// <param name="Lower">The 5 % quantile.</param>
/// <param name="Quarter">The 25 % quantile.</param>
/// <param name="Median">The median.</param>
/// <param name="ThreeQuarters">The 75 % quantile.</param>
/// <param name="Upper">The 95 % quantile.</param>
/// <param name="Greatest">The greatest.</param>
public sealed record CellDistribution(
    double Mean, double StandardDeviation, double Least, double Lower, double Quarter, double Median, double ThreeQuarters, double Upper, double Greatest)
{
    internal static CellDistribution Of(List<double> sorted)
    {
        double mean = sorted.Count > 0 ? sorted.Average() : double.NaN;
        double deviation = sorted.Count > 0 ? Math.Sqrt(sorted.Average(value => (value - mean) * (value - mean))) : double.NaN;
        double Quantile(double share)
        {
            if (sorted.Count == 0)
            {
                return double.NaN;
            }
            double place = share * (sorted.Count - 1);
            int low = (int)place;
            int high = Math.Min(low + 1, sorted.Count - 1);
            return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
        }
        return new CellDistribution(mean, deviation, Quantile(0), Quantile(0.05), Quantile(0.25), Quantile(0.5), Quantile(0.75), Quantile(0.95), Quantile(1));
    }
}
