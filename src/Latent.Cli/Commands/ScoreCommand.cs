using System.CommandLine;
using System.Text.Json;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent score MODEL.json DATA…</c>: how likely data are under a model.</summary>
internal static class ScoreCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        UseArguments use = new("Write the log-likelihood of every row.");
        return use.Command("score", "Total, mean and per-row log-likelihood; for k-means the inertia.", parsed => Run(terminal, use, parsed));
    }

    private static int Run(Terminal terminal, UseArguments use, ParseResult parsed)
    {
        (FittedModel model, _) = SavedModels.Read(use.Model(parsed));
        if (model is FittedTopics topics)
        {
            return TopicCommands.Score(terminal, topics, use, parsed);
        }
        (RowTable table, RowSource rows) = ModelData.Read(use.Data, parsed, terminal, model);
        using (table)
        {
            RowScores scores = model.Score(rows, table, use.Threads(parsed));
            if (use.Output(parsed) is not null)
            {
                Files.Write(use.Output(parsed), terminal, stream => WriteCsv(stream, table, use.Data.IdName(parsed), scores));
            }
            double mean = scores.Total / rows.TotalWeight;
            if (use.Json(parsed))
            {
                JsonOutput.Write(terminal, ToJson(model, table, rows, scores, mean), CliJson.Default.ScoreJson);
                return ExitCode.Done;
            }
            TextReport report = new(terminal);
            report.Line($"{Words(scores.Name)} of {Numbers.Count(rows.Rows, "row")}: total {Numbers.Criterion(scores.Total)}, mean {Numbers.Short(mean, 7)}");
            if (use.Output(parsed) is { } output)
            {
                report.Line($"Every row's is in {output}.");
            }
        }
        return ExitCode.Done;
    }

    private static ScoreJson ToJson(FittedModel model, RowTable table, RowSource rows, RowScores scores, double mean) =>
        new(model.Kind.Name, rows.Rows, rows.TotalWeight, mean, table.Ids, scores.PerRow)
        {
            Total = new() { [scores.Name] = JsonSerializer.SerializeToElement(scores.Total, CliJson.Default.Double) },
        };

    private static string Words(string name) => name == "logLikelihood" ? "log-likelihood" : name;

    private static void WriteCsv(Stream stream, RowTable table, string? id, RowScores scores)
    {
        using CsvTableWriter writer = new(stream, [.. id is null ? (string[])[] : [id], scores.Name]);
        for (int row = 0; row < scores.PerRow.Length; row++)
        {
            if (id is not null)
            {
                writer.Write(table.Ids![row]);
            }
            writer.Write(scores.PerRow[row]);
            writer.EndRow();
        }
    }
}
