using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// One of C categories, by code: t is 1 for the cell's category, p̂_c = Σw·1[x = c]/Σw. Categories that no row of a component has get probability 0, exactly.
/// With many categories densities are looked up rather than summed.
/// </summary>
public sealed class CategoricalFamily : LinearFamily<Categorical>, ILinearFamily
{
    // Beyond this many, a sum over categories costs more than looking up one.
    private const int MostSummed = 16;

    /// <summary>A family over C categories.</summary>
    /// <param name="levels">Their names, by code.</param>
    public CategoricalFamily(IReadOnlyList<string> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        ArgumentOutOfRangeException.ThrowIfZero(levels.Count);
        Levels = levels;
        Parameters = [.. levels.Select(level => new Parameter(level, ParameterRange.Unit))];
    }

    /// <summary>A family over the codes 0 to <paramref name="count"/> − 1, which are their own names.</summary>
    public CategoricalFamily(int count)
        : this([.. Enumerable.Range(0, count).Select(code => code.ToString(System.Globalization.CultureInfo.InvariantCulture))])
    {
    }

    /// <summary>The names of the categories, by code.</summary>
    public IReadOnlyList<string> Levels { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override int FreeParameters => Levels.Count - 1;

    /// <inheritdoc/>
    public override int Functions => Levels.Count;

    bool ILinearFamily.IsSparse => Levels.Count > MostSummed;

    /// <inheritdoc/>
    protected override int Coordinates => FreeParameters;

    /// <inheritdoc/>
    public override Categorical Create(ReadOnlySpan<double> parameters) => parameters.Length == Levels.Count
        ? new(parameters)
        : throw new ArgumentException($"Expected {Levels.Count} probabilities, found {parameters.Length}.", nameof(parameters));

    /// <summary>All categories alike.</summary>
    /// <inheritdoc/>
    public override Categorical Reference(ColumnSummary summary) => new(Enumerable.Repeat(1.0 / Levels.Count, Levels.Count).ToArray());

    /// <inheritdoc/>
    public override void Sample(Categorical component, RandomGenerator random, Span<double> row) => row[0] = DiscreteDraw.Index(component.Probabilities, random.NextDouble());

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) =>
        double.IsNaN(row[0]) || (row[0] >= 0 && row[0] < Levels.Count && row[0] == Math.Floor(row[0])) ? null : (0, $"the code of a category (0 to {Levels.Count - 1})");

    /// <inheritdoc/>
    public override void Describe(RowTile tile, int firstColumn, Span<double> functions, Span<double> baseMeasure) =>
        OneHot.Describe(tile, firstColumn, Levels.Count, functions, baseMeasure);

    /// <inheritdoc/>
    public override void LogDensity(Categorical component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        if (Levels.Count <= MostSummed)
        {
            base.LogDensity(component, tile, scratch, logDensity);
            return;
        }
        ReadOnlySpan<double> codes = tile.Column(0);
        for (int row = 0; row < codes.Length; row++)
        {
            logDensity[row] = double.IsNaN(codes[row]) ? 0 : Misfit(codes[row..]) is null ? component.Coefficients[(int)codes[row]] : double.NegativeInfinity;
        }
    }

    /// <inheritdoc/>
    public override void Accumulate(Categorical current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        if (Levels.Count <= MostSummed)
        {
            base.Accumulate(current, tile, scratch, weights, statistic);
            return;
        }
        ReadOnlySpan<double> codes = tile.Column(0);
        for (int row = 0; row < codes.Length; row++)
        {
            if (weights[row] > 0 && !double.IsNaN(codes[row]))
            {
                statistic[(int)codes[row]] += weights[row];
            }
        }
    }

    /// <inheritdoc/>
    public override Categorical Estimate(ReadOnlySpan<double> statistic, Categorical current) => Simplex.Sum(statistic) > 0 ? new(statistic) : current;

    /// <inheritdoc/>
    public override IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) =>
        [.. Levels.Select(level => new NaturalParameter($"probability[{component}, {columns[0]}={level}]", ParameterScale.Logit))];

    /// <summary>1/p_c for the row's category c.</summary>
    /// <inheritdoc/>
    public override void WriteScores(Categorical component, RowTile tile, Span<double> scores)
    {
        for (int level = 0; level < Levels.Count; level++)
        {
            for (int row = 0; row < tile.PaddedRows; row++)
            {
                scores[level * RowTile.Capacity + row] = tile.Column(0)[row] == level ? 1 / component.Probabilities[level] : 0;
            }
        }
    }

    /// <summary>All probabilities but the last.</summary>
    /// <inheritdoc/>
    protected override double[]? ReadCoordinates(ReadOnlySpan<double> point) => Simplex.Read(point);

    /// <summary>In the order of the codes.</summary>
    /// <inheritdoc/>
    protected override TailProbabilities? Tails(Categorical component, double value)
    {
        double below = 0;
        double above = 0;
        for (int code = 0; code < component.Probabilities.Length; code++)
        {
            below += code < value ? component.Probabilities[code] : 0;
            above += code > value ? component.Probabilities[code] : 0;
        }
        return new TailProbabilities(below, component.Probabilities[(int)value], above);
    }
}
