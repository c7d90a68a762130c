using Latent.Data;

namespace Latent.IO.Tests;

/// <summary>Tables as plain arrays, for comparison.</summary>
internal static class Tables
{
    public static double[] Cells(IRowSource rows)
    {
        var cells = new double[rows.Rows * rows.Columns];
        for (long row = 0; row < rows.Rows; row++)
        {
            rows.CopyRow(row, cells.AsSpan((int)row * rows.Columns, rows.Columns));
        }
        return cells;
    }

    public static void SameBits(IEnumerable<double> expected, IEnumerable<double> actual) =>
        Assert.Equal(expected.Select(Bits), actual.Select(Bits));

    // Any NaN is the one missing value.
    private static long Bits(double value) => double.IsNaN(value) ? -1 : BitConverter.DoubleToInt64Bits(value);
}
