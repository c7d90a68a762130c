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
        Command command = use.Command("score", "Total, mean and per-row log-likelihood; for k-means the inertia.", parsed => Run(terminal, use, parsed));
        use.AddOutliersTo(command);
        return command;
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
            RowColumns? outliers = use.Outliers(parsed, model, rows);
            RowColumns columns = outliers?.After([scores.Name], scores.PerRow) ?? new RowColumns([scores.Name], scores.PerRow);
            if (use.Output(parsed) is not null)
            {
                Files.Write(use.Output(parsed), terminal, stream => WriteCsv(stream, table, use.Data.IdName(parsed), columns));
            }
            double mean = scores.Total / rows.TotalWeight;
            if (use.Json(parsed))
            {
                JsonOutput.Write(terminal, ToJson(model, table, rows, scores, mean, outliers), CliJson.Default.ScoreJson);
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

    private static ScoreJson ToJson(FittedModel model, RowTable table, RowSource rows, RowScores scores, double mean, RowColumns? outliers) =>
        new(model.Kind.Name, rows.Rows, rows.TotalWeight, mean, table.Ids, scores.PerRow)
        {
            Outliers = outliers is null ? null : outliers.Names.Select((name, column) => (name, outliers.Values.Where((_, cell) => cell % outliers.Names.Count == column).ToArray())).ToDictionary(),
            Total = new() { [scores.Name] = JsonSerializer.SerializeToElement(scores.Total, CliJson.Default.Double) },
        };

    private static string Words(string name) => name == "logLikelihood" ? "log-likelihood" : name;

    private static void WriteCsv(Stream stream, RowTable table, string? id, RowColumns columns)
    {
        int width = columns.Names.Count;
        using CsvTableWriter writer = new(stream, [.. id is null ? (string[])[] : [id], .. columns.Names]);
        for (int row = 0; row < columns.Values.Length / width; row++)
        {
            if (id is not null)
            {
                writer.Write(table.Ids![row]);
            }
            foreach (double value in columns.Values.AsSpan(row * width, width))
            {
                writer.Write(value);
            }
            writer.EndRow();
        }
    }
}
