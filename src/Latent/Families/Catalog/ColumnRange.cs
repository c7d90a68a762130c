using Latent.Data;

namespace Latent.Families;

/// <summary>What a family may need to know of a column before it is fitted: the ends of its values, and their spread for bounds that keep components from collapsing.</summary>
/// <param name="Least">The least value.</param>
/// <param name="Most">The largest value.</param>
/// <param name="Mean">The weighted mean.</param>
/// <param name="Variance">The weighted variance; 1 for a constant column.</param>
public sealed record ColumnRange(double Least, double Most, double Mean, double Variance)
{
    /// <summary>A column that nothing is known of: no bound has an effect.</summary>
    public static ColumnRange Unknown { get; } = new(0, 0, 0, 0);

    /// <summary>The ranges of all columns, rows of weight 0 and missing cells left out.</summary>
    public static ColumnRange[] Of(IRowSource rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        double[] cells = new double[rows.Columns];
        ColumnRange[] found = Enumerable.Repeat(new ColumnRange(double.PositiveInfinity, double.NegativeInfinity, 0, 0), rows.Columns).ToArray();
        double[] seen = new double[rows.Columns];
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++)
            {
                double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
                chunk.CopyRow(row, cells);
                for (int column = 0; column < cells.Length && weight > 0; column++)
                {
                    if (!double.IsNaN(cells[column]))
                    {
                        // Running mean and sum of squares about it [Knuth1997, section 4.2.2].
                        seen[column] += weight;
                        double deviation = cells[column] - found[column].Mean;
                        double mean = found[column].Mean + weight / seen[column] * deviation;
                        found[column] = new(
                            Math.Min(found[column].Least, cells[column]), Math.Max(found[column].Most, cells[column]), mean, found[column].Variance + weight * deviation * (cells[column] - mean));
                    }
                }
            }
        }
        return [.. found.Select((range, column) => range with { Variance = range.Variance > 0 ? range.Variance / seen[column] : 1 })];
    }
}
