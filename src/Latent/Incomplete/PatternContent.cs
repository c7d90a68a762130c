using Latent.Data;

namespace Latent.Incomplete;

/// <summary>What is stored of one pattern: its rows, or their mean and a factor of their scatter where that is less.</summary>
internal sealed class PatternContent
{
    private readonly int[] _rows;
    private readonly PatternSummary? _summary;

    /// <summary>The rows of a pattern that have weight and a value.</summary>
    /// <param name="rows">The table.</param>
    /// <param name="patterns">Its patterns.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="summarize">Whether many rows are to be summarised.</param>
    public PatternContent(IRowSource rows, MissingPatterns patterns, int pattern, bool summarize)
    {
        int observed = patterns.Observed(pattern).Length;
        List<int> kept = [];
        foreach (int row in observed == 0 ? [] : patterns.Rows(pattern))
        {
            double weight = rows.Weight(row);
            if (weight > 0)
            {
                kept.Add(row);
                Weight += weight;
            }
        }
        _rows = [.. kept];
        bool many = summarize && _rows.Length > observed + 1;
        Length = many ? observed + 1 : _rows.Length;
        _summary = many ? new PatternSummary(patterns.Observed(pattern).ToArray()) : null;
    }

    /// <summary>Rows to store.</summary>
    public int Length { get; }

    /// <summary>The weight of the pattern's rows.</summary>
    public double Weight { get; }

    /// <summary>The rows of the table.</summary>
    public ReadOnlySpan<int> Rows => _rows;

    /// <summary>The mean and scatter of the rows, to be filled; null where the rows are stored as they are.</summary>
    public PatternSummary? Summary => _summary;

    /// <summary>Writes a stored row relative to the origin; returns the weight of its outer product and its count.</summary>
    /// <param name="rows">The table.</param>
    /// <param name="columns">The columns that the pattern observes.</param>
    /// <param name="origin">What values are relative to.</param>
    /// <param name="index">The stored row, in [0, <see cref="Length"/>).</param>
    /// <param name="row">Room for a row of the table.</param>
    /// <param name="values">Receives one value per observed column.</param>
    public (double Weight, double Count) Write(IRowSource rows, ReadOnlySpan<int> columns, double[] origin, int index, Span<double> row, Span<double> values)
    {
        if (_summary is not null)
        {
            _summary.Write(index, values);
            return index == 0 ? (Weight, Weight) : (1, 0);
        }
        rows.CopyRow(_rows[index], row);
        for (int i = 0; i < columns.Length; i++)
        {
            values[i] = row[columns[i]] - origin[columns[i]];
        }
        double weight = rows.Weight(_rows[index]);
        return (weight, weight);
    }
}
