using Latent.Data;
using Latent.Engine;
using Latent.Families;

namespace Latent.Mixtures;

/// <summary>Fits mixtures of any family.</summary>
public static class Mixture
{
    /// <summary>Fits a mixture to rows by maximum likelihood.</summary>
    /// <typeparam name="TComponent">The parameters of one component.</typeparam>
    /// <param name="family">
    /// The family of the components, such as <see cref="PoissonFamily"/> for one column or <see cref="ProductFamily"/> for several. Unless a start is given it says how to start
    /// (<see cref="IStartingFamily{TComponent}"/>).
    /// </param>
    /// <param name="rows">The rows: arrays and matrices convert to a <see cref="RowSource"/> by themselves. NaN is a missing cell, where the family takes such.</param>
    /// <param name="components">K, the number of components.</param>
    /// <param name="options">How; null for the defaults: a race of several starts, until 1e-6 nats remain.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">No rows, cells that the family has no density for, fewer distinct rows than components, or options out of range.</exception>
    /// <exception cref="NumericalException">The data overflow, or every start broke down.</exception>
    public static MixtureFit<TComponent> Fit<TComponent>(
        IFamily<TComponent, RowTile> family, IRowSource rows, int components, MixtureOptions<TComponent>? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(family);
        options ??= new MixtureOptions<TComponent>();
        options.Checked();
        Check(family, rows);
        RowChecks.RequireDistinct(rows, components, "components");
        if (options.Noise is not null && rows.Schema.HasCategories)
        {
            throw new ArgumentException("Expected columns of numbers for a noise component, found categories. Leave Noise out.", nameof(options));
        }
        MixtureModel<TComponent> model = new(family, components, rows.Columns) { ColumnNames = rows.Schema.Names };
        return new MixtureFitter<TComponent>(model, rows, ColumnMoments.Summarize(rows, options), options).Fit(cancellation);
    }

    /// <inheritdoc cref="Fit{TComponent}(IFamily{TComponent, RowTile}, IRowSource, int, MixtureOptions{TComponent}?, CancellationToken)"/>
    public static MixtureFit<TComponent> Fit<TComponent>(
        IFamily<TComponent, RowTile> family, RowSource rows, int components, MixtureOptions<TComponent>? options = null, CancellationToken cancellation = default) =>
        Fit(family, (IRowSource)rows, components, options, cancellation);

    /// <summary>Refuses rows that the family has no density for, each with its place and what is expected there.</summary>
    private static void Check<TComponent>(IFamily<TComponent, RowTile> family, IRowSource rows)
    {
        if (family is not ISupportFamily { TakesMissing: true })
        {
            RowChecks.RequireComplete(rows, "these components");
        }
        else
        {
            RowChecks.RequireValues(rows, "a mixture");
        }
        double[] cells = new double[rows.Columns];
        for (int index = 0; index < rows.ChunkCount && family is ISupportFamily; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++)
            {
                chunk.CopyRow(row, cells);
                if (((ISupportFamily)family).Misfit(cells) is { } misfit)
                {
                    throw new ArgumentException(
                        $"Expected {misfit.Expected} in column '{rows.Schema[misfit.Column].Name}', found {cells[misfit.Column]:R} in row {chunk.FirstRow + row + 1}. Correct it, or choose another family.", nameof(rows));
                }
            }
        }
    }
}
