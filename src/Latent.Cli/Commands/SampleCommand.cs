using System.CommandLine;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent sample MODEL.json -n N</c>: draws rows from a model.</summary>
internal static class SampleCommand
{
    private const string ComponentColumn = "component";

    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = Parse.Model();
        Option<int?> count = Parse.Integer("--count", ["-n"], "How many rows.", 0);
        Option<ulong?> seed = Parse.Seed("The seed; the same one draws the same rows. Default 1.");
        Option<bool> component = new("--component") { Description = "Add the component that each row was drawn from, as a last column." };
        Option<string?> output = Parse.Text("--output", ["-o"], "Write CSV to a file instead of standard output.", "FILE.csv");
        Option<bool> json = new("--json") { Description = "Print one JSON object." };
        Option<int?> words = Parse.Integer("--words", [], "Words of each document of a topic model. Default 100.", 0);
        Command command = new("sample", "Draw rows from a model.") { model, count, seed, component, words, output, json };
        command.SetAction(parsed =>
        {
            int rows = parsed.GetValue(count) ?? throw new UsageException("Expected -n N, the number of rows to draw, found none. For example: -n 100.");
            (FittedModel fitted, _) = SavedModels.Read(parsed.GetRequiredValue(model));
            ulong start = parsed.GetValue(seed) ?? EmOptions.Default.Seed;
            if (fitted is FittedTopics topics)
            {
                return TopicCommands.Sample(terminal, topics, rows, parsed.GetValue(words) ?? 100, start, parsed.GetValue(output));
            }
            (double[] values, int[] labels) = fitted.Sample(rows, start);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(terminal, ToJson(fitted, start, values, labels), CliJson.Default.SampleJson);
                return ExitCode.Done;
            }
            Files.Write(parsed.GetValue(output), terminal, stream => WriteCsv(stream, fitted, values, parsed.GetValue(component) ? labels : null));
            return ExitCode.Done;
        });
        return command;
    }

    private static SampleJson ToJson(FittedModel model, ulong seed, double[] values, int[] labels) => new(
        model.Kind.Name, seed, model.Columns, [.. values.Chunk(model.Columns.Count)], Array.ConvertAll(labels, label => label + 1));

    private static void WriteCsv(Stream stream, FittedModel model, double[] values, int[]? labels)
    {
        int columns = model.Columns.Count;
        using CsvTableWriter writer = new(stream, [.. model.Columns, .. labels is null ? (string[])[] : [ComponentColumn]]);
        for (int row = 0; row < values.Length / columns; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                double value = values[row * columns + column];
                if (model.Levels(column) is { } levels)
                {
                    writer.Write(levels[(int)value]);
                }
                else
                {
                    writer.Write(value);
                }
            }
            if (labels is not null)
            {
                writer.Write(labels[row] + 1);
            }
            writer.EndRow();
        }
    }
}
