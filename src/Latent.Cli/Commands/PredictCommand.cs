using System.CommandLine;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent predict MODEL.json DATA…</c>: per row the label and how sure it is.</summary>
internal static class PredictCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        UseArguments use = new("Write CSV to a file instead of standard output.");
        Option<string?> residuals = Parse.Word(
            "--residuals", "For hmm: instead of states the normal pseudo-residual of every cell, given all other steps (ordinary) or those before it (forecast); of counts and categories the ends of its segment too.",
            "ordinary", "forecast");
        Option<int?> similar = Parse.Integer("--similar", [], "For lda: instead of topics the N documents most like each, by the Hellinger affinity of their topics.", 1);
        Command command = use.Command(
            "predict", "Per row: label (components count from 1) and posterior probabilities; for k-means the distance; for mvn the row with its missing values filled.", parsed => Run(terminal, use, residuals, similar, parsed));
        command.Options.Add(residuals);
        command.Options.Add(similar);
        use.AddOutliersTo(command);
        return command;
    }

    private static int Run(Terminal terminal, UseArguments use, Option<string?> residuals, Option<int?> similar, ParseResult parsed)
    {
        (FittedModel model, _) = SavedModels.Read(use.Model(parsed));
        if (model is FittedTopics topics)
        {
            return parsed.GetValue(similar) is { } count ? TopicCommands.Similar(terminal, topics, use, count, parsed) : TopicCommands.Predict(terminal, topics, use, parsed);
        }
        if (parsed.GetValue(similar) is not null)
        {
            throw new UsageException($"Expected a model of lda with --similar, found {model.Kind.Name}. Leave the option out.");
        }
        (RowTable table, RowSource rows) = ModelData.Read(use.Data, parsed, terminal, model);
        using (table)
        {
            Prediction prediction = parsed.GetValue(residuals) is { } kind
                ? model.Residuals(rows, table, kind, use.Threads(parsed))
                : model.Predict(rows, table, use.Threads(parsed));
            if (use.Outliers(parsed, model, rows)?.After(prediction.ValueNames, prediction.Values) is { } wider)
            {
                prediction = prediction with { ValueNames = wider.Names, Values = wider.Values };
            }
            if (use.Json(parsed))
            {
                JsonOutput.Write(terminal, ToJson(model, table, prediction), CliJson.Default.PredictJson);
            }
            else
            {
                Files.Write(use.Output(parsed), terminal, stream => WriteCsv(stream, table, use.Data.IdName(parsed), model, prediction));
            }
        }
        return ExitCode.Done;
    }

    private static PredictJson ToJson(FittedModel model, RowTable table, Prediction prediction)
    {
        int width = prediction.ValueNames.Count;
        double[][] values = new double[table.RowCount][];
        for (int row = 0; row < values.Length; row++)
        {
            values[row] = prediction.Values.AsSpan(row * width, width).ToArray();
        }
        return new PredictJson(model.Kind.Name, values.Length, table.Ids, prediction.Labels is { } labels ? Array.ConvertAll(labels, label => label + 1) : null, prediction.ValueNames, values)
        {
            LabelNames = model.LabelNames.Count > 0 ? model.LabelNames : null,
        };
    }

    private static void WriteCsv(Stream stream, RowTable table, string? id, FittedModel model, Prediction prediction)
    {
        int width = prediction.ValueNames.Count;
        using CsvTableWriter writer = new(stream, [.. id is null ? (string[])[] : [id], .. prediction.Labels is null ? (string[])[] : ["label"], .. prediction.ValueNames]);
        for (int row = 0; row < table.RowCount; row++)
        {
            if (id is not null)
            {
                writer.Write(table.Ids![row]);
            }
            if (prediction.Labels is { } labels)
            {
                writer.Write(model.NameOf(labels[row]));
            }
            foreach (double value in prediction.Values.AsSpan(row * width, width))
            {
                writer.Write(value);
            }
            writer.EndRow();
        }
    }
}
