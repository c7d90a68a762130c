using Latent.Data;

namespace Latent.Engine;

/// <summary>
/// Weighted means and variances of columns as an EM model without hidden variables: the statistic is, per column, the observed
/// weight, Σ w(x−o), Σ w(x−o)² about an origin o, and the count of missing cells; last the rows and their weight.
/// </summary>
internal sealed class ColumnMoments(int columns) : IEmModel<double[], RowChunk>
{
    private const int PerColumn = 4;

    public int StatisticLength => PerColumn * columns + 2;

    /// <summary>Two sweeps, the second about the means that the first has found: exact at any offset of the data.</summary>
    /// <exception cref="NumericalException">A column overflows.</exception>
    public static ColumnSummary Summarize(IRowSource rows, EmOptions options)
    {
        ColumnMoments model = new(rows.Columns);
        double[] origin = new double[rows.Columns];
        if (rows.Rows > 0)
        {
            rows.GetChunk(0).CopyRow(0, origin);
        }
        for (int column = 0; column < origin.Length; column++)
        {
            origin[column] = double.IsFinite(origin[column]) ? origin[column] : 0;
        }
        double[] means = Sweep.Step(model, rows, origin, options);
        return SummaryOf(Sweep.Statistic(model, rows, means, options), means, rows.Schema.Names);
    }

    /// <summary>Means and variances from the sums about an origin: exact where the origin is near the means.</summary>
    /// <exception cref="NumericalException">A column overflows.</exception>
    public static ColumnSummary SummaryOf(ReadOnlySpan<double> statistic, double[] origin, IReadOnlyList<string> names)
    {
        double[] exact = new ColumnMoments(names.Count).Maximize(statistic, origin);
        double[] variances = new double[names.Count];
        long[] missing = new long[names.Count];
        for (int column = 0; column < variances.Length; column++)
        {
            ReadOnlySpan<double> sums = statistic.Slice(column * PerColumn, PerColumn);
            double shift = sums[1] / sums[0];
            variances[column] = Math.Max(0, sums[2] / sums[0] - shift * shift);
            missing[column] = (long)sums[3];
            if (sums[0] > 0 && !double.IsFinite(variances[column]))
            {
                throw new NumericalException($"Expected column '{names[column]}' to have a finite variance, found values that overflow it. Rescale the column.");
            }
        }
        return new ColumnSummary(names, (long)statistic[^2], statistic[^1], exact, variances, missing);
    }

    public double Expect(double[] parameters, RowChunk chunk, Span<double> statistic)
    {
        ReadOnlySpan<double> weights = chunk.Weights;
        ReadOnlySpan<double> values = chunk.Values;
        Span<double> widened = chunk.IsSingle ? new double[columns] : [];
        for (int row = 0; row < chunk.Rows; row++)
        {
            double weight = weights.IsEmpty ? 1 : weights[row];
            ReadOnlySpan<double> cells = widened;
            if (chunk.IsSingle)
            {
                chunk.CopyRow(row, widened);
            }
            else
            {
                cells = values.Slice(row * columns, columns);
            }
            for (int column = 0; column < cells.Length; column++)
            {
                Span<double> sums = statistic.Slice(column * PerColumn, PerColumn);
                double value = cells[column];
                if (double.IsNaN(value))
                {
                    sums[3]++;
                    continue;
                }
                double deviation = value - parameters[column];
                sums[0] += weight;
                sums[1] += weight * deviation;
                sums[2] += weight * deviation * deviation;
            }
            statistic[^1] += weight;
        }
        statistic[^2] += chunk.Rows;
        return 0;
    }

    public double[] Maximize(ReadOnlySpan<double> statistic, double[] current)
    {
        double[] means = new double[columns];
        for (int column = 0; column < columns; column++)
        {
            means[column] = current[column] + statistic[column * PerColumn + 1] / statistic[column * PerColumn];
        }
        return means;
    }
}
