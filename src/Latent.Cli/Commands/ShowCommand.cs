using System.CommandLine;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent show MODEL.json</c>: the parameters as tables.</summary>
internal static class ShowCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = Parse.Model();
        Option<bool> json = new("--json") { Description = "Print the model as one JSON object." };
        Option<bool> full = new("--full") { Description = "Print every parameter, however many." };
        Command command = new("show", "Print a model's parameters as readable tables.") { model, json, full };
        command.SetAction(parsed =>
        {
            (FittedModel fitted, ModelFile file) = SavedModels.Read(parsed.GetRequiredValue(model));
            if (parsed.GetValue(json))
            {
                Files.Write(null, terminal, file.WriteTo);
                return ExitCode.Done;
            }
            Print(new TextReport(terminal), fitted, file, terminal.Width, parsed.GetValue(full));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(TextReport report, FittedModel model, ModelFile file, int width, bool full)
    {
        report.Heading(model.Heading);
        if (file.Fit is { } fit)
        {
            report.Line($"Fitted to {Numbers.Count(fit.Rows, "row")} of {Numbers.Count(model.Columns.Count, "column")} with seed {file.Seed}; {(fit.Converged ? "converged" : $"not converged ({fit.StopReason})")} after {Numbers.Count(fit.Iterations, "iteration")}.");
            if (fit is { LogLikelihood: { } likelihood, Bic: { } bic })
            {
                report.Line($"log-likelihood {Numbers.Criterion(likelihood)}, BIC {Numbers.Criterion(bic)}");
            }
        }
        foreach (Section section in model.Describe(width, full))
        {
            report.Write(section);
        }
        if (StandardErrorsJson.Of(file) is { } errors)
        {
            report.Write(StandardErrorTable.Of(errors, model.Unknown));
        }
    }
}
