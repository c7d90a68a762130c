using System.Collections.Immutable;
using Latent.Data;
using Latent.Numerics;

namespace Latent.Markov;

/// <summary>Columns that transitions depend on, and their units: z = (x − center)/scale, so that neither units nor origins decide how the M-step goes.</summary>
public sealed class TransitionCovariates
{
    /// <summary>Columns in given units.</summary>
    /// <param name="names">The names of the columns.</param>
    /// <param name="centers">What is subtracted from each.</param>
    /// <param name="scales">What each is then divided by, positive.</param>
    /// <param name="reach">The largest |z| of each column in the data of the fit.</param>
    /// <exception cref="ArgumentException">Other numbers of values than names, or values out of range.</exception>
    public TransitionCovariates(IReadOnlyList<string> names, IReadOnlyList<double> centers, IReadOnlyList<double> scales, IReadOnlyList<double> reach)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(centers);
        ArgumentNullException.ThrowIfNull(scales);
        ArgumentNullException.ThrowIfNull(reach);
        if (centers.Count != names.Count || scales.Count != names.Count || reach.Count != names.Count
            || !centers.All(double.IsFinite) || !scales.All(scale => scale > 0 && double.IsFinite(scale)) || !reach.All(most => most >= 0 && double.IsFinite(most)))
        {
            throw new ArgumentException($"Expected a finite center, a positive scale and a reach for each of {names.Count} covariates, found {centers.Count}, {scales.Count} and {reach.Count}, or others.", nameof(scales));
        }
        Names = [.. names];
        Centers = [.. centers];
        Scales = [.. scales];
        Reach = [.. reach];
    }

    /// <summary>The names of the columns.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>What is subtracted from each.</summary>
    public ImmutableArray<double> Centers { get; }

    /// <summary>What each is then divided by.</summary>
    public ImmutableArray<double> Scales { get; }

    /// <summary>The number of terms: the intercept, and one per column.</summary>
    public int Terms => Names.Length + 1;

    /// <summary>The largest |z| of each column in the data of the fit.</summary>
    public ImmutableArray<double> Reach { get; }

    /// <summary>The columns of a table, in units of their standard deviations.</summary>
    /// <param name="columns">One row per step.</param>
    /// <exception cref="ArgumentException">A cell is missing, or the same in every row, or a column is a combination of those before it.</exception>
    public static TransitionCovariates Of(RowSource columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        int count = columns.Columns;
        double[] sums = new double[count];
        double[] squares = new double[count];
        double[] largest = new double[count];
        double[] cells = new double[count];
        void ForEach(Action<int, double> visit)
        {
            for (long row = 0; row < columns.Rows; row++)
            {
                columns.CopyRow(row, cells);
                for (int column = 0; column < count; column++)
                {
                    visit(column, cells[column]);
                }
            }
        }
        ForEach((column, value) => sums[column] += value);
        double[] centers = [.. sums.Select(sum => sum / columns.Rows)];
        ForEach((column, value) => squares[column] += (value - centers[column]) * (value - centers[column]));
        double[] scales = [.. squares.Select(square => Math.Sqrt(square / columns.Rows))];
        ForEach((column, value) => largest[column] = Math.Max(largest[column], Math.Abs(value - centers[column]) / scales[column]));
        for (int column = 0; column < count; column++)
        {
            if (!(scales[column] > 0) || !double.IsFinite(scales[column]))
            {
                throw new ArgumentException(
                    $"Expected covariates of transitions that are observed at every step and vary, found {(scales[column] == 0 ? "one value alone" : "missing or infinite cells")} in column '{columns.Schema[column].Name}'. Drop it, or fill its cells.", nameof(columns));
            }
        }
        double[] products = new double[count * count];
        for (long row = 0; row < columns.Rows; row++)
        {
            columns.CopyRow(row, cells);
            for (int i = 0; i < count; i++)
            {
                cells[i] = (cells[i] - centers[i]) / scales[i];
                for (int j = 0; j <= i; j++)
                {
                    products[i * count + j] += cells[i] * cells[j];
                }
            }
        }
        if (Dependence.First(products, count) is var dependent and >= 0)
        {
            throw new ArgumentException(
                $"Expected covariates of transitions that do not depend on each other, found that {columns.Schema[dependent].Name} is a combination of those before it ({string.Join(", ", columns.Schema.Names.Take(dependent))}). Leave it out.", nameof(columns));
        }
        return new TransitionCovariates(columns.Schema.Names, centers, scales, largest);
    }
}
