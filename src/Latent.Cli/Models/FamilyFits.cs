using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>What mixtures of any family and latent classes share on the command line.</summary>
internal static class FamilyFits
{
    /// <summary>The options of a fit, with the start that was asked for and how many components it has.</summary>
    public static (TOptions Options, int? Started) Options<TOptions>(TOptions options, MixtureArguments mixture, FitJob job, ModelKind kind, IReadOnlyList<string> columns)
        where TOptions : MixtureOptions<Product>
    {
        options = mixture.Apply<TOptions, Product>(options, job);
        return mixture.Start(job, kind, columns) is FittedFamilyMixture { Mixture.Parameters: var start }
            ? (options with { Start = start }, start.Count)
            : (options, mixture.Labelled(job));
    }

    /// <summary>Refuses rows that the family has no density for, by their place in the files.</summary>
    /// <exception cref="DataFormatException">There is one.</exception>
    public static void Check(ProductFamily family, RowSource rows, RowTable table)
    {
        double[] cells = new double[rows.Columns];
        for (long row = 0; row < rows.Rows; row++)
        {
            rows.CopyRow(row, cells);
            if (family.Misfit(cells) is { } misfit)
            {
                double found = cells[misfit.Column];
                throw new DataFormatException(
                    table.Where(row), misfit.Expected, double.IsNaN(found) ? "none here" : found.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
                    "correct it, or choose another family", column: rows.Schema[misfit.Column].Name);
            }
        }
    }

    /// <summary>A fit as the command knows it.</summary>
    public static ModelFit Found(
        ModelKind kind, MixtureFit<Product> fit, FamilyChoice[] choices, RowSource rows, bool given, FitJob job, StandardErrorArguments standardErrors, IReadOnlyList<string> names,
        IReadOnlyDictionary<string, double>? own = null, string constraints = "")
    {
        FitFigures figures = FitFigures.Of(fit) with { Rows = rows.Rows, Weight = fit.Data.Weight };
        FittedFamilyMixture model = new(kind, fit, choices, rows.Schema) { OwnFigures = own ?? new Dictionary<string, double>(), LabelNames = names, Constraints = constraints };
        ParameterEstimates? errors = standardErrors.Of(
            job, (options, cancellation) => fit.StandardErrors(rows, options, cancellation), (options, cancellation) => fit.Bootstrap(rows, options, cancellation));
        return new ModelFit(model, figures, [.. FitWarnings.Of(figures, model, given, job.Settings), .. StandardErrorTable.Warnings(errors)]) { StandardErrors = errors };
    }
}
