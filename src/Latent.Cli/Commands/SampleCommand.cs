using System.CommandLine;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent sample MODEL.json -n N</c>: draws rows from a model; <c>latent sample MODEL.json DATA…</c> a response for each row, where the model is one of responses.</summary>
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
        DataArguments data = new();
        Command command = new("sample", "Draw rows from a model; from one of responses (mixreg) a response for each row of data.") { model, count, seed, component, words, output, json };
        data.AddTo(command);
        command.SetAction(parsed =>
        {
            bool given = data.Any(parsed);
            int rows = parsed.GetValue(count) ?? (given ? 0 : throw new UsageException("Expected -n N, the number of rows to draw, or data to draw a response for each row of, found neither. For example: -n 100."));
            (FittedModel fitted, _) = SavedModels.Read(parsed.GetRequiredValue(model));
            ulong start = parsed.GetValue(seed) ?? EmOptions.Default.Seed;
            if (given)
            {
                return Given(terminal, fitted, data, parsed, start, new(parsed.GetValue(output), parsed.GetValue(json), parsed.GetValue(component), parsed.GetValue(count)));
            }
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

    private static int Given(Terminal terminal, FittedModel model, DataArguments data, ParseResult parsed, ulong seed, Wanted wanted)
    {
        if (wanted.Count is { } count)
        {
            throw new UsageException($"Expected -n or data to draw a response for each row of, found both -n {count} and {data.Paths(parsed)[0]}. Leave one out.");
        }
        (RowTable table, RowSource rows) = ModelData.Read(data, parsed, terminal, model);
        using (table)
        {
            (string name, double[] values, int[] labels) = model.SampleGiven(rows, seed);
            if (wanted.Json)
            {
                JsonOutput.Write(terminal, new SampleJson(model.Kind.Name, seed, [name], [.. values.Chunk(1)], Array.ConvertAll(labels, label => label + 1)), CliJson.Default.SampleJson);
                return ExitCode.Done;
            }
            string? id = data.IdName(parsed);
            Files.Write(wanted.Output, terminal, stream =>
            {
                using CsvTableWriter writer = new(stream, [.. id is null ? (string[])[] : [id], name, .. wanted.Component ? (string[])[ComponentColumn] : []]);
                for (int row = 0; row < values.Length; row++)
                {
                    if (id is not null)
                    {
                        writer.Write(table.Ids![row]);
                    }
                    writer.Write(values[row]);
                    if (wanted.Component)
                    {
                        writer.Write(labels[row] + 1);
                    }
                    writer.EndRow();
                }
            });
        }
        return ExitCode.Done;
    }

    private readonly record struct Wanted(string? Output, bool Json, bool Component, int? Count);

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
