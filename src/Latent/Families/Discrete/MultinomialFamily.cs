using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>Rows of counts over d cells, their totals given: t(x) = x, b(x) = log (Σx)! − Σ log xⱼ!, p̂ = Σwx/ΣΣwx.</summary>
/// <param name="columns">d.</param>
public sealed class MultinomialFamily(int columns) : LinearFamily<Multinomial>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; } = [.. Enumerable.Range(1, columns).Select(cell => new Parameter($"probability {cell}", ParameterRange.Unit))];

    /// <inheritdoc/>
    public override int Columns => columns;

    /// <inheritdoc/>
    public override int FreeParameters => columns - 1;

    /// <inheritdoc/>
    public override int Functions => columns;

    /// <inheritdoc/>
    protected override int Coordinates => FreeParameters;

    /// <inheritdoc/>
    public override Multinomial Create(ReadOnlySpan<double> parameters) => new(parameters);

    /// <inheritdoc/>
    public override Multinomial Reference(ColumnSummary summary) => summary.Means.Sum() > 0 ? new([.. summary.Means]) : new(Enumerable.Repeat(1.0, columns).ToArray());

    /// <summary>One count in one cell: how many a row has is no part of the model.</summary>
    /// <inheritdoc/>
    public override void Sample(Multinomial component, RandomGenerator random, Span<double> row)
    {
        row.Clear();
        row[DiscreteDraw.Index(component.Probabilities, random.NextDouble())] = 1;
    }

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row)
    {
        for (int column = 0; column < columns; column++)
        {
            if (!double.IsNaN(row[column]) && !Counts.Is(row[column]))
            {
                return (column, Counts.Expected);
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public override void Describe(RowTile tile, int firstColumn, Span<double> functions, Span<double> baseMeasure)
    {
        Span<double> cells = stackalloc double[columns];
        for (int row = 0; row < tile.PaddedRows; row++)
        {
            (double total, double logs) = (0, 0);
            for (int column = 0; column < columns; column++)
            {
                cells[column] = tile.Column(firstColumn + column)[row];
                total += cells[column];
                logs += Counts.Is(cells[column]) ? Counts.LogFactorial(cells[column]) : double.PositiveInfinity;
            }
            bool missing = double.IsNaN(total);
            baseMeasure[row] += missing ? 0 : double.IsFinite(logs) ? Counts.LogFactorial(total) - logs : double.NegativeInfinity;
            for (int column = 0; column < columns; column++)
            {
                functions[column * RowTile.Capacity + row] = missing || !double.IsFinite(logs) ? 0 : cells[column];
            }
        }
    }

    /// <inheritdoc/>
    public override Multinomial Estimate(ReadOnlySpan<double> statistic, Multinomial current) => Simplex.Sum(statistic) > 0 ? new(statistic) : current;

    /// <inheritdoc/>
    public override IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> names) =>
        [.. names.Take(columns).Select(name => new NaturalParameter($"probability[{component}, {name}]", ParameterScale.Logit))];

    /// <summary>xⱼ/pⱼ.</summary>
    /// <inheritdoc/>
    public override void WriteScores(Multinomial component, RowTile tile, Span<double> scores)
    {
        for (int column = 0; column < columns; column++)
        {
            for (int row = 0; row < tile.PaddedRows; row++)
            {
                double count = tile.Column(column)[row];
                scores[column * RowTile.Capacity + row] = count > 0 ? count / component.Probabilities[column] : 0;
            }
        }
    }

    /// <inheritdoc/>
    protected override double[]? ReadCoordinates(ReadOnlySpan<double> point) => Simplex.Read(point);
}
