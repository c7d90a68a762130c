using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A family whose components are a few named numbers. From their names and ranges follow coordinates, standard errors, files and tables, once for all
/// families; what remains to write is the density, the statistic, the estimate, and how to draw.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public abstract class ParametricFamily<TComponent> :
    IFamily<TComponent, RowTile>, IStartingFamily<TComponent>, ISamplingFamily<TComponent>, ICoordinateFamily<TComponent>, IScoreFamily<TComponent>,
    IDegeneracyReport<TComponent>, ICollapsePenalty<TComponent>, ISupportFamily, INamedParameters, ITailFamily<TComponent>
    where TComponent : Distribution
{
    /// <summary>The parameters, in the order of <see cref="Distribution.Parameters"/>.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The columns that a component reads, the first ones of a tile. Default: one.</summary>
    public virtual int Columns => 1;

    /// <inheritdoc/>
    public virtual int FreeParameters => Parameters.Count;

    /// <inheritdoc/>
    public abstract int StatisticLength { get; }

    /// <inheritdoc/>
    public virtual bool TakesMissing => false;

    /// <summary>The component of given parameters.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public abstract TComponent Create(ReadOnlySpan<double> parameters);

    IReadOnlyList<string> INamedParameters.Names => [.. Parameters.Select(parameter => parameter.Name)];

    object INamedParameters.Create(ReadOnlySpan<double> parameters) => Create(parameters);

    /// <inheritdoc/>
    public virtual int ScratchLength(int rows) => 0;

    /// <inheritdoc/>
    public abstract void LogDensity(TComponent component, RowTile tile, Span<double> scratch, Span<double> logDensity);

    /// <inheritdoc/>
    public abstract void Accumulate(TComponent current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic);

    /// <inheritdoc/>
    public abstract TComponent Estimate(ReadOnlySpan<double> statistic, TComponent current);

    /// <inheritdoc/>
    public abstract TComponent Reference(ColumnSummary summary);

    /// <inheritdoc/>
    public abstract void Sample(TComponent component, RandomGenerator random, Span<double> row);

    /// <inheritdoc/>
    public abstract (int Column, string Expected)? Misfit(ReadOnlySpan<double> row);

    /// <inheritdoc/>
    public bool TryTails(TComponent component, ReadOnlySpan<double> row, Span<TailProbabilities> tails)
    {
        if (Columns != 1)
        {
            return false;
        }
        TailProbabilities? found = double.IsNaN(row[0]) ? TailProbabilities.Missing : Tails(component, row[0]);
        tails[0] = found ?? TailProbabilities.Missing;
        return found is not null;
    }

    /// <summary>Where a value of the only column lies in the component; null (the default) for a family that has no distribution function.</summary>
    protected virtual TailProbabilities? Tails(TComponent component, double value) => null;

    /// <summary>What a bound on a parameter does to the component now, in words; null where none is active.</summary>
    protected virtual string? Held(TComponent component) => null;

    /// <summary>The squared width of the component on a scale of the family's own; NaN where it cannot collapse.</summary>
    protected virtual double SquaredWidth(TComponent component) => double.NaN;

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(TComponent parameters) => Held(parameters) is { } message ? [(0, message)] : [];

    /// <summary>s/w + log w, w the component's squared width and s that of all rows; 0 for a family that cannot collapse.</summary>
    /// <inheritdoc/>
    public double CollapsePenalty(TComponent component, TComponent pooled)
    {
        double width = SquaredWidth(component);
        return double.IsNaN(width) ? 0 : SquaredWidth(pooled) / width + Kernels.Elementary.Log(width);
    }

    /// <inheritdoc/>
    public int CoordinateCount(int components) => components * Coordinates;

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<TComponent> components, Span<double> point)
    {
        for (int k = 0; k < components.Length; k++)
        {
            WriteCoordinates(components[k], point.Slice(k * Coordinates, Coordinates));
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<TComponent> like, Span<TComponent> components)
    {
        for (int k = 0; k < components.Length; k++)
        {
            if (TryRead(point.Slice(k * Coordinates, Coordinates)) is not { } component || (Held(component) is not null && Held(like[k]) is null))
            {
                return false;
            }
            components[k] = component;
        }
        return true;
    }

    /// <inheritdoc/>
    public virtual IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) =>
        [.. Parameters.Select(parameter => new NaturalParameter($"{parameter.Name}[{component}, {columns[0]}]", parameter.Scale))];

    /// <inheritdoc/>
    public virtual void WriteNaturalParameters(TComponent component, Span<double> values) => component.Parameters.CopyTo(values);

    /// <summary>By four differences of the log-density along each parameter, with an error of the fourth order; 0 along one on the edge of its range.</summary>
    /// <inheritdoc/>
    public virtual void WriteScores(TComponent component, RowTile tile, Span<double> scores)
    {
        double[] scratch = new double[ScratchLength(RowTile.Capacity)];
        double[] logDensity = new double[tile.PaddedRows];
        for (int j = 0; j < Parameters.Count; j++)
        {
            Span<double> score = scores.Slice(j * RowTile.Capacity, tile.PaddedRows);
            score.Clear();
            double step = Parameters[j].Step(component.Parameters[j]);
            if (step == 0)
            {
                continue;
            }
            foreach ((double at, double factor) in (ReadOnlySpan<(double, double)>)[(1, 8), (-1, -8), (2, -1), (-2, 1)])
            {
                double[] moved = component.Parameters.ToArray();
                moved[j] += at * step / 2;
                LogDensity(Create(moved), tile, scratch, logDensity);
                for (int row = 0; row < score.Length; row++)
                {
                    score[row] += factor / (6 * step) * logDensity[row];
                }
            }
        }
    }

    /// <summary>An error unless every sum is finite.</summary>
    /// <exception cref="NumericalException">One is not.</exception>
    protected static void RequireFinite(ReadOnlySpan<double> sums)
    {
        foreach (double sum in sums)
        {
            if (!double.IsFinite(sum))
            {
                throw new NumericalException($"Expected finite sums of the data, found {sum}. Rescale the columns, or choose another start.");
            }
        }
    }

    /// <summary>The number of coordinates of one component.</summary>
    protected virtual int Coordinates => Parameters.Count;

    /// <summary>Writes the coordinates of one component.</summary>
    protected virtual void WriteCoordinates(TComponent component, Span<double> point)
    {
        for (int j = 0; j < point.Length; j++)
        {
            point[j] = Parameters[j].ToCoordinate(component.Parameters[j]);
        }
    }

    /// <summary>The parameters at a point, or null where there are none.</summary>
    protected virtual double[]? ReadCoordinates(ReadOnlySpan<double> point)
    {
        double[] parameters = new double[point.Length];
        for (int j = 0; j < parameters.Length; j++)
        {
            parameters[j] = Parameters[j].FromCoordinate(point[j]);
            if (!double.IsFinite(parameters[j]))
            {
                return null;
            }
        }
        return parameters;
    }

    private TComponent? TryRead(ReadOnlySpan<double> point)
    {
        try
        {
            return ReadCoordinates(point) is { } parameters ? Create(parameters) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
