using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Incomplete;

namespace Latent.Factors;

/// <summary>
/// Factors behind columns, x = μ + Λf + e: factor analysis, and with one noise variance for all columns probabilistic principal components. Immutable and safe for many threads.
/// </summary>
public class FactorAnalysis
{
    /// <summary>A model from its parameters.</summary>
    /// <param name="parameters">Means, loadings, uniquenesses.</param>
    /// <param name="columnNames">Names of the columns; null: x1, x2, …</param>
    /// <exception cref="ArgumentException">The number of names is not that of the columns.</exception>
    /// <exception cref="NumericalException">The covariance is singular to rounding.</exception>
    public FactorAnalysis(FactorParameters parameters, IReadOnlyList<string>? columnNames = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters;
        Distribution = new MultivariateNormal(parameters.ToGaussian(), columnNames);
    }

    /// <summary>Means, loadings, uniquenesses.</summary>
    public FactorParameters Parameters { get; }

    /// <summary>The normal distribution N(μ, ΛΛᵀ + Ψ) of rows: its density, completions of rows, and draws.</summary>
    public MultivariateNormal Distribution { get; }

    /// <summary>Names of the columns.</summary>
    public ImmutableArray<string> ColumnNames => Distribution.ColumnNames;

    /// <summary>Fits factors by maximum likelihood to the observed cells of rows.</summary>
    /// <param name="rows">Rows, missing cells NaN: arrays, matrices and tensors convert by themselves. Rows without any value are left out.</param>
    /// <param name="factors">q: fewer than columns; for factor analysis at most as many as leave degrees of freedom, (d − q)² ≥ d + q.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">No rows, infinite cells, a column without values, too many factors, or options out of range.</exception>
    /// <exception cref="NumericalException">The data overflow, or a column does not vary.</exception>
    public static FactorAnalysisFit Fit(RowSource rows, int factors, FactorAnalysisOptions? options = null, CancellationToken cancellation = default) =>
        Fit((IRowSource)rows, factors, options, cancellation);

    /// <inheritdoc cref="Fit(RowSource, int, FactorAnalysisOptions?, CancellationToken)"/>
    public static FactorAnalysisFit Fit(IRowSource rows, int factors, FactorAnalysisOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new FactorAnalysisOptions();
        options.Checked();
        RowChecks.RequireValues(rows, "factor analysis");
        RowChecks.RequireUnknown(rows, "factor analysis");
        int d = rows.Columns;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factors);
        if (factors > FactorParameters.MostFactors(d, options.IsIsotropic ? UniquenessSharing.Isotropic : UniquenessSharing.Own))
        {
            throw new ArgumentOutOfRangeException(nameof(factors), factors, $"Expected fewer factors for {d} columns: the loadings and uniquenesses would outnumber the covariances.");
        }
        Clock clock = new(options.TimeLimit);
        ColumnSummary summary = ColumnMoments.Summarize(rows, options);
        RowChecks.RequireResolved(summary);
        for (int column = 0; column < d; column++)
        {
            if (!(summary.Variances[column] > 0))
            {
                throw new ArgumentException($"Expected columns that vary, found one value alone in column '{summary.Names[column]}'. Leave the column out.", nameof(rows));
            }
        }
        PatternRows grouped = PatternRows.Of(rows, [.. summary.Means], threads: options.Threads);
        MultivariateNormalOptions unrestricted = new() { Threads = options.Threads, Communicator = options.Communicator };
        IncompleteNormalModel normal = MultivariateNormal.ModelFor(summary, unrestricted);
        EmResult<Gaussian> saturated = Em.Continue(normal, grouped, normal.Start(summary), unrestricted, clock, cancellation);
        FactorModel model = new(factors, [.. summary.Variances], options.IsIsotropic, options.UniquenessFloor) { ColumnNames = summary.Names };
        FactorParameters start = options.Start ?? FactorStart.Of(saturated.Parameters, factors, options.IsIsotropic);
        if (start.Columns != d || start.Factors != factors)
        {
            throw new ArgumentException($"Expected a start of {d} columns and {factors} factors, found {start.Columns} and {start.Factors}.", nameof(options));
        }
        EmResult<FactorParameters> result = Em.Continue(model, grouped, model.Raised(start), options, clock, cancellation);
        FactorParameters turned = Rotation.Apply(result.Parameters, options.Rotation);
        return new FactorAnalysisFit(result with { Parameters = turned, Elapsed = clock.Elapsed }, saturated, model, summary, grouped.TotalWeight);
    }

    /// <summary>
    /// The factor scores of each row, the posterior mean of f given the observed cells (Thomson's regression scores): row-major, rows × q. Zeros for a row without values.
    /// </summary>
    /// <exception cref="ArgumentException">The rows have another number of columns.</exception>
    public double[] Scores(IRowSource rows, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Columns != Parameters.Columns)
        {
            throw new ArgumentException($"Expected rows of {Parameters.Columns} columns ({string.Join(", ", ColumnNames)}), found {rows.Columns}.", nameof(rows));
        }
        int q = Parameters.Factors;
        double[] result = new double[checked(rows.Rows * q)];
        MissingPatterns patterns = MissingPatterns.Of(rows);
        ChunkSweep.Run(patterns.Count, EmOptions.ThreadsOrAll(threads), CancellationToken.None, index =>
        {
            ReadOnlySpan<int> observed = patterns.Observed(index);
            FactorPattern pattern = new(Parameters.Columns, q);
            pattern.Begin(Parameters, observed);
            double[] row = new double[rows.Columns];
            foreach (int place in patterns.Rows(index))
            {
                rows.CopyRow(place, row);
                for (int i = 0; i < observed.Length; i++)
                {
                    pattern.Deviations[i] = row[observed[i]] - Parameters.Mean[observed[i]];
                }
                pattern.Add(Parameters, observed, 1, 1);
                pattern.Scores.CopyTo(result.AsSpan(place * q, q));
            }
        });
        return result;
    }
}
