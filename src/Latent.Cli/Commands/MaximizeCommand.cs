using System.CommandLine;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent maximize FILE -o NEXT.json</c>: the M-step of a whole statistic.</summary>
internal static class MaximizeCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> statistic = new("statistic.json") { Description = "A whole statistic, as 'latent merge' has written it." };
        Option<string?> output = Parse.Text("--output", ["-o"], "Save the next model.", "MODEL.json");
        Option<bool> json = new("--json") { Description = "Print one JSON object: the log-likelihood of the model before, and how many rows it is of." };
        Command command = new("maximize", "The M-step: the next model from a statistic of all the data.") { statistic, output, json };
        command.SetAction(parsed => Run(terminal, parsed.GetRequiredValue(statistic), parsed.GetValue(output), parsed.GetValue(json)));
        return command;
    }

    private static int Run(Terminal terminal, string path, string? output, bool json)
    {
        StatisticFile file = StatisticFile.Read(path);
        PartialStatistic expected = file.Expected;
        if (!expected.IsComplete)
        {
            string missing = string.Join(", ", Enumerable.Range(1, expected.Parts).Except(expected.Present));
            throw new DataFormatException(path, $"all {expected.Parts} parts of the data", $"none of part {missing}", "accumulate what is missing, and merge");
        }
        FittedModel current = SavedModels.Load(file.Model);
        IModelSteps steps = current.Steps ?? throw new UsageException($"Expected a model whose statistics can be kept in files, found {current.Kind.Name}.");
        FittedModel next = steps.Maximize(file.Statistics);
        double likelihood = expected.Total().LogLikelihood;
        if (output is not null)
        {
            new ModelFile { Model = next.Kind.Name, Columns = next.Columns, Seed = file.Model.Seed, Settings = next.Settings, Parameters = next.Parameters() }.Write(output);
        }
        if (json)
        {
            JsonOutput.Write(terminal, new MaximizeJson(next.Kind.Name, file.Rows, likelihood, output), CliJson.Default.MaximizeJson);
            return ExitCode.Done;
        }
        TextReport report = new(terminal);
        report.Line($"One M-step from {Numbers.Count(file.Rows, "row")}, which had the objective {Numbers.Criterion(likelihood)} before it.");
        if (output is not null)
        {
            report.Line($"Saved to {output}.");
        }
        return ExitCode.Done;
    }
}
