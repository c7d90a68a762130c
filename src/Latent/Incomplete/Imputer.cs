using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Incomplete;

/// <summary>
/// Completes a table several times over: proper multiple imputation [Rubin1987]. Each completed table has parameters of its own, as uncertain as the
/// data leave them, and cells drawn from their distribution given the row's observed cells. Analyse each table as if it were complete, then
/// pool the answers by <see cref="RubinRules"/>.
/// </summary>
public sealed class Imputer
{
    private readonly IRowSource _rows;
    private readonly MissingPatterns _patterns;
    private readonly ImputationOptions _options;
    private readonly CellLimits _limits;
    private readonly NormalComponents _estimate;
    private readonly ParameterDraw _draw;
    private IncompleteNormalModel? _model;

    /// <summary>Imputes from a multivariate normal distribution, usually one fitted to the same rows.</summary>
    /// <param name="model">The distribution; of a fit, its ridge is kept in refits.</param>
    /// <param name="rows">The rows. Weights count as frequencies.</param>
    /// <param name="options">How; null for the defaults: five imputations, parameters by bootstrap.</param>
    /// <exception cref="ArgumentException">The rows have other columns, a column without values, infinite cells, or bounds that leave nothing.</exception>
    public Imputer(MultivariateNormal model, IRowSource rows, ImputationOptions? options = null)
        : this(Components(model), rows, options, (imputer, imputation, cancellation) => imputer.Draw(model, imputation, cancellation))
    {
    }

    /// <summary>Imputes from a Gaussian mixture: rows are drawn to be of a component given their observed cells, then filled from it.</summary>
    /// <param name="model">The mixture.</param>
    /// <param name="rows">The rows. Weights count as frequencies.</param>
    /// <param name="options">How; null for the defaults: five imputations, parameters by bootstrap.</param>
    /// <exception cref="ArgumentException">The rows have other columns, a column without values, infinite cells, or bounds that leave nothing.</exception>
    public Imputer(GaussianMixture model, IRowSource rows, ImputationOptions? options = null)
        : this(Components(model), rows, options, (imputer, imputation, cancellation) => imputer.Draw(model, imputation, cancellation))
    {
    }

    private Imputer(NormalComponents estimate, IRowSource rows, ImputationOptions? options, ParameterDraw draw)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _options = (options ?? new ImputationOptions()).Checked();
        if (rows.Columns != estimate.Dimension)
        {
            throw new ArgumentException($"Expected rows of {estimate.Dimension} columns, found {rows.Columns}.", nameof(rows));
        }
        RowChecks.RequireValues(rows, "imputation");
        RowChecks.RequireUnknown(rows, "imputation");
        _rows = rows;
        _estimate = estimate;
        _patterns = MissingPatterns.Of(rows);
        _limits = new CellLimits(rows.Schema, _options);
        _draw = draw;
    }

    private delegate NormalComponents ParameterDraw(Imputer imputer, int imputation, CancellationToken cancellation);

    /// <summary>Completed tables that there are to be.</summary>
    public int Count => _options.Imputations;

    /// <summary>Missing cells of the table.</summary>
    public long MissingCells => _rows.MissingCells;

    /// <summary>One completed table, row-major: observed cells as they were, missing ones drawn. The same each time it is asked for.</summary>
    /// <param name="imputation">Which, in [0, <see cref="Count"/>).</param>
    /// <param name="cancellation">Stops early.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such imputation.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public double[] Complete(int imputation, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(imputation);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(imputation, Count);
        NormalComponents parameters = _draw(this, imputation, cancellation);
        return parameters.Draw(_rows, _patterns, _limits, Seed(imputation, 1), EmOptions.ThreadsOrAll(_options.Threads));
    }

    /// <summary>The completed table as rows, with the names and weights of the original.</summary>
    /// <inheritdoc cref="Complete"/>
    public RowSource CompleteRows(int imputation, CancellationToken cancellation = default) => WithFrame(Complete(imputation, cancellation));

    /// <summary>
    /// The table with conditional means at the estimate in place of missing cells: one best guess, bounds and rounding applied. Not for analyses: see
    /// <see cref="MultivariateNormal.Complete"/>.
    /// </summary>
    public double[] ConditionalMeans() => _estimate.Means(_rows, _patterns, _limits, EmOptions.ThreadsOrAll(_options.Threads));

    /// <summary>How imputed cells compare with observed ones, column by column.</summary>
    /// <param name="completed">Completed tables, as <see cref="Complete"/> gives them.</param>
    /// <exception cref="ArgumentException">A table has another size.</exception>
    public IReadOnlyList<ImputedColumn> Compare(params IReadOnlyList<double[]> completed) => ImputedColumn.Compare(_rows, completed);

    private static NormalComponents Components(MultivariateNormal model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new NormalComponents([1], [model.Distribution]);
    }

    private static NormalComponents Components(GaussianMixture model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Noise is not null)
        {
            throw new ArgumentException("Expected a mixture without noise for imputation, found a noise component, which says nothing of missing cells. Fit without it, or trim rows.", nameof(model));
        }
        return new NormalComponents([.. model.Weights], [.. model.Components]);
    }

    private NormalComponents Draw(MultivariateNormal model, int imputation, CancellationToken cancellation)
    {
        double ridge = (model as MultivariateNormalFit)?.Ridge ?? 0;
        return _options.Method == ImputationMethod.Bootstrap
            ? Refit(model.Distribution, ridge, imputation, cancellation)
            : Augment(CovarianceStructure.Full, ridge, imputation, cancellation);
    }

    private NormalComponents Draw(GaussianMixture model, int imputation, CancellationToken cancellation) => _options.Method == ImputationMethod.Bootstrap
        ? Refit(model, imputation, cancellation)
        : Augment(model.Structure, 0, imputation, cancellation);

    private NormalComponents Augment(CovarianceStructure structure, double ridge, int imputation, CancellationToken cancellation) =>
        new DataAugmentation(_rows, _patterns, _estimate, structure, ridge).Draw(Seed(imputation, 0), _options, cancellation);

    private NormalComponents Refit(Gaussian start, double ridge, int imputation, CancellationToken cancellation)
    {
        MultivariateNormalOptions options = new() { Ridge = ridge, Threads = _options.Threads };
        _model ??= MultivariateNormal.ModelFor(ColumnMoments.Summarize(_rows, options), options);
        EmResult<Gaussian> fit = Em.Fit(_model, PatternRows.Of(Drawn(imputation, 1), start.Mean, threads: _options.Threads), start, options, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new NormalComponents([1], [fit.Parameters]);
    }

    private NormalComponents Refit(GaussianMixture model, int imputation, CancellationToken cancellation)
    {
        GaussianMixtureOptions options = new()
        {
            Covariance = model.Structure,
            Start = new Mixture<Gaussian>(model.Weights.AsSpan(), model.Components.AsSpan(), model.NoiseWeight),
            Threads = _options.Threads,
        };
        GaussianMixtureFit fit = GaussianMixture.Fit(Drawn(imputation, _rows.Columns), model.Components.Length, options, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return Components(fit);
    }

    /// <summary>The rows under weights of a bootstrap; a draw in which a column has no value is drawn again.</summary>
    private IRowSource Drawn(int imputation, int leastRows)
    {
        const int attempts = 100;
        double[] frequencies = RowReplicates.Frequencies(_rows);
        RandomGenerator random = new(Seed(imputation, 0));
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            double[] counts = RowReplicates.Counts(frequencies, random);
            if (EveryColumnIsSeen(counts) && counts.Count(count => count > 0) > leastRows)
            {
                return new ReweightedRows(_rows, counts);
            }
        }
        throw new NumericalException($"Expected rows drawn with replacement to have a value in every column, found none such in {attempts} draws. Leave out columns with few values.");
    }

    private bool EveryColumnIsSeen(double[] counts)
    {
        bool[] seen = new bool[_rows.Columns];
        for (int pattern = 0; pattern < _patterns.Count && Array.IndexOf(seen, false) >= 0; pattern++)
        {
            foreach (int row in _patterns.Rows(pattern))
            {
                if (counts[row] > 0)
                {
                    foreach (int column in _patterns.Observed(pattern))
                    {
                        seen[column] = true;
                    }
                    break;
                }
            }
        }
        return Array.IndexOf(seen, false) < 0;
    }

    private RowSource WithFrame(double[] values)
    {
        RowSource rows = RowSource.From(values, _rows.Columns).WithSchema(_rows.Schema);
        return _rows.HasWeights ? rows.WithWeights(RowReplicates.Frequencies(_rows)) : rows;
    }

    // Seeds of the imputations' parts lie far apart: the streams of a seed are taken by rows.
    private ulong Seed(int imputation, int part) => _options.Seed + 0x9E3779B97F4A7C15 * (2UL * (ulong)imputation + (ulong)part + 1);
}
