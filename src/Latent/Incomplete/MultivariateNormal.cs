using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Numerics;

namespace Latent.Incomplete;

/// <summary>
/// A multivariate normal distribution of rows whose cells may be missing (NaN): to fit, evaluate, fill in, and draw from. Immutable and safe for many threads.
/// </summary>
public class MultivariateNormal
{
    /// <summary>A distribution with the names of its columns.</summary>
    /// <param name="distribution">Mean and covariance.</param>
    /// <param name="columnNames">Names of the columns; null: x1, x2, …</param>
    /// <exception cref="ArgumentException">The number of names is not that of the columns.</exception>
    public MultivariateNormal(Gaussian distribution, IReadOnlyList<string>? columnNames = null)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        columnNames ??= Schema.Numbered(distribution.Dimension).Names;
        if (columnNames.Count != distribution.Dimension)
        {
            throw new ArgumentException($"Expected {distribution.Dimension} column names, found {columnNames.Count}.", nameof(columnNames));
        }
        Distribution = distribution;
        ColumnNames = [.. columnNames];
    }

    /// <summary>Mean and covariance.</summary>
    public Gaussian Distribution { get; }

    /// <summary>Names of the columns.</summary>
    public ImmutableArray<string> ColumnNames { get; }

    /// <summary>
    /// Fits the distribution to the observed cells by maximum likelihood: exact where the chance that a cell is missing depends on observed cells
    /// alone (missing at random). The rows are read once, to group them by missing pattern; an iteration then costs what the patterns cost.
    /// </summary>
    /// <param name="rows">Rows, missing cells NaN: arrays, matrices and tensors convert by themselves. Rows without any value are left out.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">No rows, infinite cells, a column without values, or options out of range.</exception>
    /// <exception cref="NumericalException">The data overflow.</exception>
    public static MultivariateNormalFit Fit(RowSource rows, MultivariateNormalOptions? options = null, CancellationToken cancellation = default) =>
        Fit((IRowSource)rows, options, cancellation);

    /// <inheritdoc cref="Fit(RowSource, MultivariateNormalOptions?, CancellationToken)"/>
    public static MultivariateNormalFit Fit(IRowSource rows, MultivariateNormalOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new MultivariateNormalOptions();
        options.Checked();
        RowChecks.RequireValues(rows, "a multivariate normal distribution");
        RowChecks.RequireUnknown(rows, "a multivariate normal distribution");
        Clock clock = new(options.TimeLimit);
        ColumnSummary summary = ColumnMoments.Summarize(rows, options);
        RowChecks.RequireResolved(summary);
        IncompleteNormalModel model = ModelFor(summary, options);
        Gaussian start = options.Start ?? model.Start(summary);
        if (start.Dimension != rows.Columns)
        {
            throw new ArgumentException($"Expected a start of {rows.Columns} columns, found {start.Dimension}.", nameof(options));
        }
        PatternRows grouped = PatternRows.Of(rows, [.. summary.Means], threads: options.Threads);
        TimeSpan grouping = clock.Elapsed;
        EmResult<Gaussian> result = Em.Continue(model, grouped, start, options, clock, cancellation) with { Elapsed = clock.Elapsed };
        return new MultivariateNormalFit(result, summary, grouped, options) { GroupingTime = grouping };
    }

    /// <summary>Runs <see cref="Fit(IRowSource, MultivariateNormalOptions?, CancellationToken)"/> on the thread pool.</summary>
    /// <inheritdoc cref="Fit(RowSource, MultivariateNormalOptions?, CancellationToken)"/>
    public static Task<MultivariateNormalFit> FitAsync(IRowSource rows, MultivariateNormalOptions? options = null, CancellationToken cancellation = default) =>
        Task.Run(() => Fit(rows, options, cancellation), CancellationToken.None);

    /// <summary>log f of the observed cells of each row, in nats; 0 for a row without values. Row weights play no part.</summary>
    /// <exception cref="ArgumentException">The rows have another number of columns.</exception>
    public double[] LogDensity(IRowSource rows, int threads = 0)
    {
        double[] result = new double[Checked(rows).Rows];
        VisitRows(rows, threads, (conditional, index, row) => result[index] = conditional.LogDensity(row));
        return result;
    }

    /// <summary>The total log-likelihood of the observed cells, in nats, weights included.</summary>
    /// <exception cref="ArgumentException">The rows have another number of columns.</exception>
    public double Score(IRowSource rows, int threads = 0)
    {
        PatternRows grouped = PatternRows.Of(Checked(rows), Distribution.Mean, threads: threads);
        IncompleteNormalModel model = new(rows.Columns);
        double[] ignored = new double[model.StatisticLength];
        return new Reduction<Gaussian, PatternChunk>(model, grouped, EmOptions.ThreadsOrAll(threads)).Evaluate(Distribution, ignored, default);
    }

    /// <summary>
    /// Squared Mahalanobis distance of the observed cells of each row from their mean, (x_o − μ_o)ᵀΣ_oo⁻¹(x_o − μ_o): under the model chi-squared with
    /// as many degrees of freedom as there are observed cells. 0 for a row without values.
    /// </summary>
    /// <exception cref="ArgumentException">The rows have another number of columns.</exception>
    public double[] SquaredDistances(IRowSource rows, int threads = 0)
    {
        double[] result = new double[Checked(rows).Rows];
        VisitRows(rows, threads, (conditional, index, row) => result[index] = conditional.SquaredDistance(row));
        return result;
    }

    /// <summary>The rows with every missing cell replaced by its mean given the row's observed cells: row-major, rows × columns. Observed cells are untouched.</summary>
    /// <remarks>The best single guess, and too good: analyses that take it for data find correlations too strong and errors too small. See multiple imputation.</remarks>
    /// <exception cref="ArgumentException">The rows have another number of columns.</exception>
    public double[] Complete(IRowSource rows, int threads = 0)
    {
        int d = Distribution.Dimension;
        double[] result = new double[checked(Checked(rows).Rows * d)];
        VisitRows(rows, threads, (conditional, index, row) =>
        {
            conditional.Complete(row);
            row.CopyTo(result.AsSpan(index * d, d));
        });
        return result;
    }

    /// <summary>The standard deviation of every cell given the row's observed cells: 0 where it is observed. Row-major, rows × columns.</summary>
    /// <exception cref="ArgumentException">The rows have another number of columns.</exception>
    public double[] ConditionalDeviations(IRowSource rows, int threads = 0)
    {
        int d = Distribution.Dimension;
        double[] result = new double[checked(Checked(rows).Rows * d)];
        MissingPatterns patterns = MissingPatterns.Of(rows);
        ChunkSweep.Run(patterns.Count, EmOptions.ThreadsOrAll(threads), CancellationToken.None, pattern =>
        {
            ReadOnlySpan<int> missing = patterns.Missing(pattern);
            double[] variances = new double[missing.Length];
            new ConditionalNormal(Distribution, patterns.Observed(pattern), missing).WriteVariances(variances);
            foreach (int row in patterns.Rows(pattern))
            {
                for (int i = 0; i < missing.Length; i++)
                {
                    result[row * d + missing[i]] = Math.Sqrt(variances[i]);
                }
            }
        });
        return result;
    }

    /// <summary>Draws complete rows; the same seed draws the same rows.</summary>
    /// <returns>Row-major values, count × columns.</returns>
    public double[] Sample(int count, ulong seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        RandomGenerator random = new(seed);
        int d = Distribution.Dimension;
        double[] values = new double[checked(count * d)];
        for (int row = 0; row < count; row++)
        {
            Distribution.Sample(random, values.AsSpan(row * d, d));
        }
        return values;
    }

    /// <summary>Standard errors and confidence intervals of means, variances and covariances, with the fraction of information that the missing cells took.</summary>
    /// <param name="rows">The rows of the fit. Weights count as frequencies.</param>
    /// <param name="options">Settings; null for the defaults: observed information, 95 %.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    /// <remarks>
    /// The observed information is right where cells are missing at random; the expected one, which other programs use, only where they are missing
    /// completely at random [Kenward1998].
    /// </remarks>
    public virtual ParameterEstimates StandardErrors(IRowSource rows, StandardErrorOptions? options = null, CancellationToken cancellation = default) =>
        StandardErrors(rows, options, ridge: 0, cancellation);

    /// <summary>Standard errors and percentile intervals by refitting replicates of the data.</summary>
    /// <param name="rows">The rows of the fit. Weights count as frequencies.</param>
    /// <param name="options">Settings; null for the defaults: 999 replicates of rows drawn with replacement.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <exception cref="NotSupportedException">The bootstrap is parametric: that would need a model of what is missing.</exception>
    /// <exception cref="NumericalException">Fewer than two replicates could be fitted.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public virtual BootstrapResult Bootstrap(IRowSource rows, BootstrapOptions? options = null, CancellationToken cancellation = default) =>
        Bootstrap(rows, options, ridge: 0, cancellation);

    private protected ParameterEstimates StandardErrors(IRowSource rows, StandardErrorOptions? options, double ridge, CancellationToken cancellation)
    {
        options ??= new StandardErrorOptions();
        bool plain = options.Method != StandardErrorMethod.ObservedInformation;
        PatternRows grouped = PatternRows.Of(Checked(rows), Distribution.Mean, summarize: !plain, options.Threads);
        return Latent.StandardErrors.Of(Model(rows, ridge, options.Threads, plain), grouped, Distribution, options, cancellation);
    }

    private protected BootstrapResult Bootstrap(IRowSource rows, BootstrapOptions? options, double ridge, CancellationToken cancellation)
    {
        options ??= new BootstrapOptions();
        if (options.Kind == BootstrapKind.Parametric)
        {
            throw new NotSupportedException("Expected a bootstrap that draws rows, found the parametric one, which would need to know why cells are missing. Use the nonparametric one.");
        }
        double[] frequencies = RowReplicates.Frequencies(Checked(rows));
        return Latent.Bootstrap.Of(
            Model(rows, ridge, options.Threads, plain: false),
            random => PatternRows.Of(
                new ReweightedRows(rows, options.Kind == BootstrapKind.Nonparametric ? RowReplicates.Counts(frequencies, random) : RowReplicates.DirichletWeights(frequencies, random)),
                Distribution.Mean, threads: 1),
            Distribution, options, null, cancellation);
    }

    internal static IncompleteNormalModel ModelFor(ColumnSummary summary, MultivariateNormalOptions options)
    {
        CovarianceFloor scales = Families.CovarianceFloor.RelativeTo(summary);
        CovarianceFloor floor = options.CovarianceFloor == 0 ? Families.CovarianceFloor.None : Families.CovarianceFloor.RelativeTo(summary, options.CovarianceFloor);
        return new IncompleteNormalModel(summary.Columns, floor, options.Ridge, scales.Variances) { ColumnNames = summary.Names };
    }

    private IncompleteNormalModel Model(IRowSource rows, double ridge, int threads, bool plain)
    {
        ColumnSummary summary = ColumnMoments.Summarize(rows, new EmOptions { Threads = threads });
        CovarianceFloor floor = CovarianceFloor.RelativeTo(summary);
        return new IncompleteNormalModel(rows.Columns, floor, ridge, floor.Variances) { ColumnNames = ColumnNames, HasScores = plain };
    }

    private void VisitRows(IRowSource rows, int threads, Action<ConditionalNormal, int, double[]> visit)
    {
        MissingPatterns patterns = MissingPatterns.Of(rows);
        ChunkSweep.Run(patterns.Count, EmOptions.ThreadsOrAll(threads), CancellationToken.None, pattern =>
        {
            ConditionalNormal conditional = new(Distribution, patterns.Observed(pattern), patterns.Missing(pattern));
            double[] row = new double[rows.Columns];
            foreach (int index in patterns.Rows(pattern))
            {
                rows.CopyRow(index, row);
                visit(conditional, index, row);
            }
        });
    }

    private IRowSource Checked(IRowSource rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Columns == Distribution.Dimension
            ? rows
            : throw new ArgumentException($"Expected rows of {Distribution.Dimension} columns ({string.Join(", ", ColumnNames)}), found {rows.Columns}.", nameof(rows));
    }
}
