using Latent.Data;
using Latent.Mixtures.LatentClasses;

namespace Latent.Mixtures;

/// <content>Classes whose sizes depend on covariates.</content>
public static partial class LatentClass
{
    /// <summary>
    /// Fits classes and the effect of covariates on class membership in one step [DaytonMacready1988]: P(class k | z) ∝ exp(zᵀβₖ). The start is the fit without covariates, whose order the classes keep.
    /// </summary>
    /// <param name="items">One categorical column per item, as in <see cref="Fit(IRowSource, int, LatentClassOptions?, CancellationToken)"/>; their weights count.</param>
    /// <param name="covariates">As many rows of complete numbers; the intercept is added.</param>
    /// <param name="classes">K.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">Rows do not match, a covariate is missing or infinite, or what the fit without covariates refuses.</exception>
    /// <exception cref="NumericalException">The covariates are combinations of each other.</exception>
    public static LatentClassRegressionFit FitWithCovariates(
        IRowSource items, IRowSource covariates, int classes, LatentClassOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(covariates);
        RowChecks.RequireUnknown(items, "classes with covariates");
        options ??= new LatentClassOptions();
        if (options.EqualWeights || options.WeightPrior != 1)
        {
            throw new ArgumentException("Expected weights to be estimated where they depend on covariates, found equal ones or a prior. Leave EqualWeights and WeightPrior out.", nameof(options));
        }
        LatentClassFit plain = Fit(items, classes, options, cancellation);
        RowSource rows = Joined(plain.Items, covariates);
        classes = plain.Classes;
        LatentClassRegressionModel model = new(FamilyOf(plain.Items.Schema), classes, Scales(covariates), Terms(covariates), plain.Items.Schema.Names);
        int terms = covariates.Columns + 1;
        double[] coefficients = new double[classes * terms];
        for (int k = 1; k < classes; k++)
        {
            coefficients[k * terms] = Math.Log(Math.Max(1e-12, plain.Weights[k]) / Math.Max(1e-12, plain.Weights[0]));
        }
        EmResult<LatentClassRegression> result = Em.Fit(model, rows, new LatentClassRegression(coefficients, terms, plain.Fit.Components), options, cancellation);
        return new LatentClassRegressionFit(model, result, rows, Terms(covariates), plain.Items);
    }

    /// <summary>The root of the mean square of the intercept and each covariate.</summary>
    internal static double[] Scales(IRowSource covariates)
    {
        double[] sums = new double[covariates.Columns + 1];
        double[] cells = new double[covariates.Columns];
        for (long row = 0; row < covariates.Rows; row++)
        {
            covariates.CopyRow(row, cells);
            for (int column = 0; column < cells.Length; column++)
            {
                sums[column + 1] += cells[column] * cells[column] / covariates.Rows;
            }
        }
        sums[0] = 1;
        return Array.ConvertAll(sums, sum => sum > 0 ? Math.Sqrt(sum) : 1);
    }

    internal static string[] Terms(IRowSource covariates) => ["(intercept)", .. covariates.Schema.Names];

    /// <summary>Items and covariates side by side, with the items' weights.</summary>
    internal static RowSource Joined(IRowSource items, IRowSource covariates)
    {
        if (covariates.Rows != items.Rows)
        {
            throw new ArgumentException($"Expected {items.Rows} rows of covariates, as many as of items, found {covariates.Rows}.", nameof(covariates));
        }
        RowChecks.RequireComplete(covariates, "covariates");
        int columns = items.Columns + covariates.Columns;
        double[] cells = new double[checked(items.Rows * columns)];
        for (long row = 0; row < items.Rows; row++)
        {
            items.CopyRow(row, cells.AsSpan((int)row * columns));
            covariates.CopyRow(row, cells.AsSpan((int)row * columns + items.Columns));
        }
        RowSource joined = RowSource.From(cells, columns);
        return items.HasWeights ? joined.WithWeights(ItemCodes.Weights(items)) : joined;
    }
}
