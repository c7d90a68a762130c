using Latent.Data;
using Latent.Engine;
using MathNet.Numerics.Distributions;

namespace Latent.Incomplete;

/// <summary>
/// How well a model imputes cells whose value is known: each observed cell is taken for missing and imputed from the other observed cells of its row. Where
/// the model suits, nine of ten values lie in the 90 % interval, in every part of the column's range.
/// </summary>
/// <param name="Column">The column's name.</param>
/// <param name="Cells">Observed cells of rows with at least two.</param>
/// <param name="Coverage">The share of them inside their interval.</param>
/// <param name="Correlation">Of imputed means with true values; 0 where the other columns say nothing.</param>
/// <param name="RootMeanSquare">The root of the mean squared difference between imputed means and true values.</param>
public sealed record Overimputation(string Column, int Cells, double Coverage, double Correlation, double RootMeanSquare)
{
    /// <summary>Overimputes every observed cell.</summary>
    /// <param name="model">The distribution, fitted to the rows or, for a harder test, to others.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="confidence">The coverage that intervals aim at, in (0, 1). Default 0.9.</param>
    /// <param name="threads">Threads to use; 0 for every processor.</param>
    /// <exception cref="ArgumentException">The rows have another number of columns.</exception>
    public static IReadOnlyList<Overimputation> Of(MultivariateNormal model, IRowSource rows, double confidence = 0.9, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        (double[] means, double[] deviations) = Impute(model, rows, threads);
        double reach = Normal.InvCDF(0, 1, 0.5 + confidence / 2);
        int d = rows.Columns;
        double[] row = new double[d];
        Sums[] sums = [.. Enumerable.Range(0, d).Select(_ => new Sums())];
        for (int index = 0; index < rows.Rows; index++)
        {
            rows.CopyRow(index, row);
            for (int column = 0; column < d; column++)
            {
                double mean = means[index * d + column];
                if (!double.IsNaN(mean))
                {
                    sums[column].Add(row[column] - model.Distribution.Mean[column], mean - model.Distribution.Mean[column], Math.Abs(row[column] - mean) <= reach * deviations[index * d + column]);
                }
            }
        }
        return [.. sums.Select((found, column) => found.ToSummary(rows.Schema[column].Name))];
    }

    /// <summary>The imputed mean and standard deviation of every observed cell given the other observed cells of its row, row-major; NaN where it is missing or alone.</summary>
    /// <param name="model">The distribution.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="threads">Threads to use; 0 for every processor.</param>
    /// <exception cref="ArgumentException">The rows have another number of columns.</exception>
    public static (double[] Means, double[] StandardDeviations) Impute(MultivariateNormal model, IRowSource rows, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        int d = model.Distribution.Dimension;
        if (rows.Columns != d)
        {
            throw new ArgumentException($"Expected rows of {d} columns, found {rows.Columns}.", nameof(rows));
        }
        double[] means = new double[checked(rows.Rows * d)];
        double[] deviations = new double[means.Length];
        Array.Fill(means, double.NaN);
        Array.Fill(deviations, double.NaN);
        MissingPatterns patterns = MissingPatterns.Of(rows);
        ChunkSweep.Run(patterns.Count, EmOptions.ThreadsOrAll(threads), CancellationToken.None, pattern =>
        {
            ReadOnlySpan<int> observed = patterns.Observed(pattern);
            if (observed.Length < 2)
            {
                return;
            }
            // With P = Σ_oo⁻¹ and y = P(x − μ), a cell given the others is N(xⱼ − yⱼ/Pⱼⱼ, 1/Pⱼⱼ).
            ConditionalNormal conditional = new(model.Distribution, observed, patterns.Missing(pattern));
            double[] precision = conditional.ObservedPrecision();
            double[] row = new double[d];
            double[] score = new double[d];
            foreach (int index in patterns.Rows(pattern))
            {
                rows.CopyRow(index, row);
                conditional.WriteScore(row, score);
                foreach (int column in observed)
                {
                    double own = precision[column * d + column];
                    means[index * d + column] = row[column] - score[column] / own;
                    deviations[index * d + column] = 1 / Math.Sqrt(own);
                }
            }
        });
        return (means, deviations);
    }

    private sealed class Sums
    {
        private int _cells;
        private int _covered;
        private double _x;
        private double _y;
        private double _xx;
        private double _xy;
        private double _yy;
        private double _squares;

        public void Add(double x, double y, bool covered)
        {
            _cells++;
            _covered += covered ? 1 : 0;
            _x += x;
            _y += y;
            _xx += x * x;
            _xy += x * y;
            _yy += y * y;
            _squares += (x - y) * (x - y);
        }

        public Overimputation ToSummary(string name)
        {
            double spread = Math.Sqrt(Math.Max(0, _xx - _x * _x / _cells) * Math.Max(0, _yy - _y * _y / _cells));
            double correlation = spread > 0 ? (_xy - _x * _y / _cells) / spread : 0;
            return new Overimputation(name, _cells, _cells > 0 ? (double)_covered / _cells : double.NaN, correlation, _cells > 0 ? Math.Sqrt(_squares / _cells) : double.NaN);
        }
    }
}
