using System.CommandLine;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Incomplete;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent impute DATA…</c>: fills missing values, once by conditional means or several times by draws.</summary>
internal static class ImputeCommand
{
    private const string Dash = "-";

    /// <summary>Completed tables that are kept to be compared with what is observed.</summary>
    private const int MostCompared = 5;

    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        DataArguments data = new();
        ImputeArguments own = new();
        Command command = new("impute", "Fill missing values: -m 1 by conditional means, -m 2 or more by as many proper multiple imputations, one file each. All other cells and columns are written as they are.");
        own.AddTo(command);
        data.AddTo(command);
        command.SetAction(parsed => Run(terminal, data, own, parsed));
        return command;
    }

    private static int Run(Terminal terminal, DataArguments data, ImputeArguments own, ParseResult parsed)
    {
        string[] paths = data.Paths(parsed);
        int count = own.Count(parsed);
        string[] outputs = own.Outputs(parsed, count);
        foreach (string output in outputs)
        {
            Files.CheckWritable(output, "-o");
        }
        DataOptions options = data.ToOptions(parsed, terminal);
        if (Array.IndexOf(paths, Dash) >= 0)
        {
            options = options with { StandardInput = Kept(terminal) };
        }
        FittedModel? model = own.Model(parsed) is { } path ? SavedModels.Read(path).Model : null;
        if (model is not null && options.Columns is null && !data.IsNameless(parsed))
        {
            options = options with { Columns = model.Columns };
        }
        using RowTable table = DataFiles.Read(paths, options with { AllowEmptyColumns = model is not null });
        Imputer imputer = Imputer(terminal, table.Rows, model, own, parsed);
        if (count == 1)
        {
            double[] means = imputer.ConditionalMeans();
            Files.Write(outputs.Length > 0 ? outputs[0] : null, terminal, stream => Write(stream, outputs.FirstOrDefault(), paths, options, table.Rows, means));
            Report(terminal, imputer, [means], outputs);
            return ExitCode.Done;
        }
        List<double[]> kept = [];
        for (int imputation = 0; imputation < count; imputation++)
        {
            double[] completed = imputer.Complete(imputation, terminal.Cancellation);
            AtomicFile.Write(outputs[imputation], stream => Write(stream, outputs[imputation], paths, options, table.Rows, completed));
            if (imputation < MostCompared)
            {
                kept.Add(completed);
            }
        }
        Report(terminal, imputer, kept, outputs);
        return ExitCode.Done;
    }

    private static Imputer Imputer(Terminal terminal, RowSource rows, FittedModel? model, ImputeArguments own, ParseResult parsed)
    {
        ImputationOptions options = own.Options(parsed, rows.Schema);
        switch (model)
        {
            case null:
                MultivariateNormalFit fit = MultivariateNormal.Fit(
                    rows, new MultivariateNormalOptions { Ridge = own.Ridge(parsed), Threads = options.Threads }, terminal.Cancellation);
                FitSummary.Warnings(terminal, [.. MultivariateNormalKind.Warnings(fit), .. fit.Result.Degeneracies.Select(found => $"{char.ToUpperInvariant(found.Message[0])}{found.Message[1..]}")]);
                return new Imputer(fit, rows, options);
            case FittedMultivariateNormal normal:
                return new Imputer(normal.Normal, Checked(rows, model), options);
            case FittedGaussianMixture mixture:
                return new Imputer(mixture.Mixture, Checked(rows, model), options);
            default:
                throw new UsageException($"Expected a model mvn or gmm for --model, found {model.Kind.Name}. Leave the option out to fit mvn to the data.");
        }
    }

    private static RowSource Checked(RowSource rows, FittedModel model) => rows.Columns == model.Columns.Count
        ? rows
        : throw new UsageException($"Expected {model.Columns.Count} columns like the model's ({string.Join(", ", model.Columns)}), found {rows.Columns}. Choose them with --columns.");

    private static void Write(Stream stream, string? output, string[] paths, DataOptions options, RowSource rows, double[] values)
    {
        if (output?.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) == true)
        {
            NpyWriter.Write(stream, RowSource.From(values, rows.Columns));
        }
        else if (options.Query is not null || paths[0].EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
        {
            CsvTableWriter.Write(stream, RowSource.From(values, rows.Columns).WithSchema(rows.Schema));
        }
        else
        {
            FilledTable.Write(paths, options, rows, values, stream);
        }
    }

    /// <summary>To people, on standard error: what was filled, and how it compares with what was there.</summary>
    private static void Report(Terminal terminal, Imputer imputer, IReadOnlyList<double[]> completed, string[] outputs)
    {
        if (outputs.Length == 0)
        {
            return;
        }
        TextReport report = new(terminal);
        string where = outputs.Length == 1 ? outputs[0] : $"{outputs[0]} to {outputs[^1]}";
        report.Heading($"{Numbers.Count(imputer.MissingCells, "missing value")} filled{(outputs.Length > 1 ? $" {Numbers.Count(outputs.Length)} times" : " by conditional means")}: {where}");
        TextTable table = new(["<column", "missing", "observed mean", "std. dev.", "imputed mean", "std. dev.", "distance"]);
        foreach (ImputedColumn column in imputer.Compare(completed))
        {
            int decimals = Numbers.Decimals(column.Observed.StandardDeviation, Math.Abs(column.Observed.Mean));
            table.Add(
                column.Name, Numbers.Count(column.Missing), Numbers.Fixed(column.Observed.Mean, decimals), Numbers.Fixed(column.Observed.StandardDeviation, decimals),
                Numbers.Fixed(column.Imputed.Mean, decimals), Numbers.Fixed(column.Imputed.StandardDeviation, decimals), Numbers.Fixed(column.Distance, 2));
        }
        if (table.Rows.Count > 0)
        {
            report.Write(Section.Of(null, table) with { Footer = "distance: of the two distributions, from 0 (alike) to 1; other values may be missing than are observed" });
        }
        terminal.Out.Flush();
    }

    // Standard input is read twice: once for its numbers, once for its text.
    private static Func<Stream> Kept(Terminal terminal)
    {
        using Stream input = terminal.OpenInput();
        MemoryStream copy = new();
        input.CopyTo(copy);
        byte[] bytes = copy.ToArray();
        return () => new MemoryStream(bytes, writable: false);
    }
}
