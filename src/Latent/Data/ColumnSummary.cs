namespace Latent.Data;

/// <summary>Weighted means and maximum-likelihood variances of the columns of a table, from their observed cells.</summary>
public sealed class ColumnSummary
{
    /// <summary>Creates a summary.</summary>
    /// <param name="names">One name per column.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="weight">Sum of the row weights.</param>
    /// <param name="means">Means; NaN for a column without observed cells.</param>
    /// <param name="variances">Variances, divided by the observed weight; NaN likewise.</param>
    /// <param name="missing">Number of missing cells in each column.</param>
    public ColumnSummary(IReadOnlyList<string> names, long rows, double weight, double[] means, double[] variances, long[] missing)
    {
        Names = names;
        Rows = rows;
        Weight = weight;
        Means = means;
        Variances = variances;
        Missing = missing;
    }

    /// <summary>One name per column.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Number of rows.</summary>
    public long Rows { get; }

    /// <summary>Sum of the row weights.</summary>
    public double Weight { get; }

    /// <summary>Weighted mean of each column.</summary>
    public IReadOnlyList<double> Means { get; }

    /// <summary>Weighted variance of each column, divided by the weight (not by n − 1).</summary>
    public IReadOnlyList<double> Variances { get; }

    /// <summary>Missing cells in each column.</summary>
    public IReadOnlyList<long> Missing { get; }

    /// <summary>Number of columns.</summary>
    public int Columns => Means.Count;

    /// <summary>Mean of the columns' variances: the scale of the whole table.</summary>
    public double MeanVariance => Variances.Average();

    /// <summary>The summary of consecutive columns alone.</summary>
    public ColumnSummary Slice(int first, int count) => new(
        [.. Names.Skip(first).Take(count)], Rows, Weight, [.. Means.Skip(first).Take(count)], [.. Variances.Skip(first).Take(count)], [.. Missing.Skip(first).Take(count)]);
}
