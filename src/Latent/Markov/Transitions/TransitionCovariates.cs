using System.Collections.Immutable;
using Latent.Data;

namespace Latent.Markov;

/// <summary>Columns that transitions depend on, and their units: z = (x − center)/scale, so that neither units nor origins decide how the M-step goes.</summary>
public sealed class TransitionCovariates
{
    private TransitionCovariates(ImmutableArray<string> names, ImmutableArray<double> centers, ImmutableArray<double> scales, ImmutableArray<double> reach) =>
        (Names, Centers, Scales, Reach) = (names, centers, scales, reach);

    /// <summary>The names of the columns.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>What is subtracted from each.</summary>
    public ImmutableArray<double> Centers { get; }

    /// <summary>What each is then divided by.</summary>
    public ImmutableArray<double> Scales { get; }

    /// <summary>The number of terms: the intercept, and one per column.</summary>
    public int Terms => Names.Length + 1;

    /// <summary>The largest size of each term in the data.</summary>
    internal ImmutableArray<double> Reach { get; }

    /// <summary>The columns of a table, in units of their standard deviations.</summary>
    /// <param name="columns">One row per step.</param>
    /// <exception cref="ArgumentException">A cell is missing, or the same in every row.</exception>
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
        return new TransitionCovariates([.. columns.Schema.Names], [.. centers], [.. scales], [1, .. largest]);
    }
}
