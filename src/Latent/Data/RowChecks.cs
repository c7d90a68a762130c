namespace Latent.Data;

/// <summary>What models ask of rows before they start, each failure a sentence with its remedy.</summary>
internal static class RowChecks
{
    /// <summary>At least one row, every cell present and finite.</summary>
    public static void RequireComplete(IRowSource rows, string model)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Rows == 0)
        {
            throw new ArgumentException($"Expected at least one row for {model}, found none.", nameof(rows));
        }
        CellSummary cells = rows is RowSource source ? source.Summary : CellSummary.Of(rows);
        if (cells.InfiniteRow >= 0)
        {
            throw new ArgumentException($"Expected finite values, found an infinite one in row {cells.InfiniteRow + 1}, column '{rows.Schema[cells.InfiniteColumn].Name}'. Remove or correct the row.", nameof(rows));
        }
        if (cells.MissingCells > 0)
        {
            int column = 0;
            while (cells.MissingIn[column] == 0)
            {
                column++;
            }
            throw new ArgumentException($"Expected complete rows for {model}, found {cells.MissingCells} missing cells, {cells.MissingIn[column]} of them in column '{rows.Schema[column].Name}'. Drop or fill the rows that have them.", nameof(rows));
        }
        if (!(rows.TotalWeight > 0))
        {
            throw new ArgumentException("Expected row weights with a positive sum, found 0.", nameof(rows));
        }
    }

    /// <summary>
    /// Every column varies by more than 10⁻¹¹ of its mean, or not at all: below that, rounding the means of components to doubles
    /// costs more likelihood than an iteration gains.
    /// </summary>
    public static void RequireResolved(ColumnSummary summary)
    {
        for (int column = 0; column < summary.Columns; column++)
        {
            double deviation = Math.Sqrt(summary.Variances[column]);
            if (deviation > 0 && deviation < 1e-11 * Math.Abs(summary.Means[column]))
            {
                throw new ArgumentException($"Expected column '{summary.Names[column]}' to vary by more than 1e-11 of its mean, found a standard deviation of {deviation:G3} about {summary.Means[column]:G6}. Subtract a constant from the column.");
            }
        }
    }

    /// <summary>
    /// No column's standard deviation is below the rounding of another's, 10⁻¹⁵ of it: axes that are turned against the columns mix them, and nothing of the small column would remain.
    /// </summary>
    public static void RequireLikeUnits(ColumnSummary summary, string structure)
    {
        int[] varying = [.. Enumerable.Range(0, summary.Columns).Where(column => summary.Variances[column] > 0)];
        if (varying.Length == 0)
        {
            return;
        }
        int least = varying.MinBy(column => summary.Variances[column]);
        int most = varying.MaxBy(column => summary.Variances[column]);
        (double narrow, double wide) = (Math.Sqrt(summary.Variances[least]), Math.Sqrt(summary.Variances[most]));
        if (narrow < 1e-15 * wide)
        {
            throw new ArgumentException($"Expected columns in like units for the structure {structure}, whose axes turn against the columns, found standard deviations of {narrow:G3} in '{summary.Names[least]}' and {wide:G3} in '{summary.Names[most]}'. Rescale a column, or use a structure such as VVV or VVI.");
        }
    }

    /// <summary>At least as many distinct rows of positive weight as components.</summary>
    public static void RequireDistinct(IRowSource rows, int count, string what)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, what);
        try
        {
            RowSample.FirstDistinct(rows, count);
        }
        catch (DegenerateStartException few)
        {
            throw new ArgumentException(few.Message, nameof(rows));
        }
    }

    /// <summary>Nothing is known of the rows' components.</summary>
    public static void RequireUnknown(IRowSource rows, string model)
    {
        if (!rows.Known.IsEmpty)
        {
            throw new ArgumentException($"Expected rows of whose components nothing is known for {model}, found labels. Leave them out, or fit a mixture.", nameof(rows));
        }
    }

    /// <summary>At least one row with weight, no infinite cell, and in every column a value.</summary>
    public static void RequireValues(IRowSource rows, string model)
    {
        ArgumentNullException.ThrowIfNull(rows);
        CellSummary cells = rows is RowSource source ? source.Summary : CellSummary.Of(rows);
        if (rows.Rows == 0 || cells.MissingCells == 0 || cells.InfiniteRow >= 0 || !(rows.TotalWeight > 0))
        {
            RequireComplete(rows, model);
            return;
        }
        double[] values = new double[rows.Columns];
        bool[] seen = new bool[rows.Columns];
        for (long row = 0; row < rows.Rows && Array.IndexOf(seen, false) >= 0; row++)
        {
            rows.CopyRow(row, values);
            for (int column = 0; column < seen.Length; column++)
            {
                seen[column] |= rows.Weight(row) > 0 && !double.IsNaN(values[column]);
            }
        }
        int empty = Array.IndexOf(seen, false);
        if (empty >= 0)
        {
            throw new ArgumentException($"Expected at least one value in column '{rows.Schema[empty].Name}' in a row of positive weight, found only missing ones. Leave the column out.", nameof(rows));
        }
    }
}
