using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures.LatentClasses;

namespace Latent.Mixtures;

/// <summary>
/// Latent class analysis: rows of categorical items come from one of K classes, within which the items are independent [Lazarsfeld1968]. Missing items have no part in their row, which is
/// full-information maximum likelihood where they are missing at random.
/// </summary>
public static partial class LatentClass
{
    /// <summary>Fits K classes.</summary>
    /// <param name="items">
    /// One categorical column per item. Numeric columns become categorical: their levels are their distinct values, in order. NaN is a missing item. Weights count as frequencies, so that a table of
    /// patterns and their counts is as good as the rows.
    /// </param>
    /// <param name="classes">K.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">No rows, an item without values, fewer distinct rows than classes, or options out of range.</exception>
    /// <exception cref="NumericalException">Every start broke down.</exception>
    public static LatentClassFit Fit(IRowSource items, int classes, LatentClassOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        options ??= new LatentClassOptions();
        if (options.Trim > 0)
        {
            throw new ArgumentException("Expected no trimming of latent classes, whose rows are patterns, found a share to leave out. Leave Trim out.", nameof(options));
        }
        RowChecks.RequireValues(items, "latent classes");
        IRowSource coded = ItemCodes.Of(items);
        IRowSource fitted = coded.Known.IsEmpty ? RowPatterns.Collapse(coded) ?? coded : coded;
        ProductFamily family = FamilyOf(coded.Schema);
        MixtureOptions<Product> inner = options.StartLabels is null
            ? options
            : options with { StartLabels = null, Start = FromLabels(family, coded, classes, options) };
        MixtureFit<Product> fit = Mixture.Fit(family, fitted, classes, inner, cancellation);
        return new LatentClassFit(fit, coded, ReferenceEquals(fitted, coded) ? (long?)null : fitted.Rows);
    }

    /// <inheritdoc cref="Fit(IRowSource, int, LatentClassOptions?, CancellationToken)"/>
    public static LatentClassFit Fit(RowSource items, int classes, LatentClassOptions? options = null, CancellationToken cancellation = default) =>
        Fit((IRowSource)items, classes, options, cancellation);

    /// <summary>Independent categorical items with the levels of a schema.</summary>
    /// <exception cref="ArgumentException">A column is not categorical.</exception>
    public static ProductFamily FamilyOf(Schema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new ProductFamily(schema.Select(column => column.Levels.Count > 0
            ? ProductPart.Of(new CategoricalFamily(column.Levels))
            : throw new ArgumentException($"Expected a categorical column, found the numbers of '{column.Name}'.", nameof(schema))));
    }

    /// <summary>The same rows with numeric columns made categorical, their levels the distinct values in order.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="chosen">Which columns, by name; null for all.</param>
    public static RowSource Categorize(RowSource rows, Func<string, bool>? chosen = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return (RowSource)ItemCodes.Of(rows, chosen);
    }

    // The partition names rows, and patterns are no rows.
    private static Mixture<Product> FromLabels(ProductFamily family, IRowSource coded, int classes, LatentClassOptions options)
    {
        MixtureModel<Product> model = new(family, classes, coded.Columns);
        ColumnSummary summary = ColumnMoments.Summarize(coded, options);
        return new Starts.StartData<Product>(model, coded, summary, options).Context(0, options.ThreadCount, default).FromGivenLabels(options.StartLabels!);
    }
}
