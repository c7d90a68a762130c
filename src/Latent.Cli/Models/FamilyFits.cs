using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>What mixtures of any family and latent classes share on the command line.</summary>
internal static class FamilyFits
{
    /// <summary>The options of a fit, with the start that was asked for.</summary>
    public static TOptions Options<TOptions>(FitJob job, TOptions options, string? init, bool labelled, string kind, IReadOnlyList<string> columns)
        where TOptions : MixtureOptions<Product>
    {
        options = job.Apply(options);
        options = options with
        {
            Starts = job.Settings.Starts ?? options.Starts,
            Initializers = init is null ? options.Initializers : [MixtureInitializer.Named(init)],
            StartLabels = labelled ? job.Table.Text[0].Codes.ToArray() : null,
        };
        if (job.Settings.Start is not { } path)
        {
            return options;
        }
        FittedMixture<Product> start = Starts.IsModel(path) && !labelled
            ? ((FittedFamilyMixture)Starts.Model(path, kind, columns)).Mixture
            : throw new UsageException(labelled ? "Expected --start or --start-labels, found both. Leave one out." : $"Expected a saved model (.json) for --start of {kind}, found {path}.");
        return options with { Start = start.Parameters };
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
        IReadOnlyDictionary<string, double>? own = null)
    {
        FitFigures figures = FitFigures.Of(fit) with { Rows = rows.Rows, Weight = fit.Data.Weight };
        FittedFamilyMixture model = new(kind, fit, choices, rows.Schema) { OwnFigures = own ?? new Dictionary<string, double>(), LabelNames = names };
        ParameterEstimates? errors = standardErrors.Of(
            job, (options, cancellation) => fit.StandardErrors(rows, options, cancellation), (options, cancellation) => fit.Bootstrap(rows, options, cancellation));
        return new ModelFit(model, figures, [.. FitWarnings.Of(figures, model, given, job.Settings), .. StandardErrorTable.Warnings(errors)]) { StandardErrors = errors };
    }
}
