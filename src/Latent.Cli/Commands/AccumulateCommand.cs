using System.CommandLine;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent accumulate MODEL.json DATA… -o FILE</c>: the E-step on some data, as a file.</summary>
internal static class AccumulateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        UseArguments use = new("Write the statistic.");
        Option<string?> part = Parse.Text("--part", [], "Take part I of N of the data: 1/4, 2/4, … give together the same bits as all at once. Default: all.", "I/N");
        Command command = use.Command(
            "accumulate", "The E-step under a model on some data, as a file of sums for 'latent merge' and 'latent maximize'. It holds no row.",
            parsed => Run(terminal, parsed.GetValue(part), use, parsed), rowsOnly: true);
        command.Options.Add(part);
        return command;
    }

    private static int Run(Terminal terminal, string? part, UseArguments use, ParseResult parsed)
    {
        (int own, int parts) = PartOf(part);
        (FittedModel model, ModelFile file) = SavedModels.Read(use.Model(parsed));
        IModelSteps steps = model.Steps
            ?? throw new UsageException($"Expected a model whose statistics can be kept in files (gmm, kmeans), found {model.Kind.Name}. Fit it with --mpi instead.");
        (RowTable table, RowSource rows) = ModelData.Read(use.Data, parsed, terminal, model);
        using (table)
        {
            StatisticFile statistic = new() { Model = file, Rows = rows.Rows, Statistics = steps.Expect(rows, own, parts, use.Threads(parsed), terminal.Cancellation) };
            Files.Write(use.Output(parsed), terminal, statistic.WriteTo);
        }
        return ExitCode.Done;
    }

    private static (int Part, int Parts) PartOf(string? text)
    {
        if (text is null)
        {
            return (1, 1);
        }
        string[] numbers = text.Split('/');
        return numbers.Length == 2 && Parse.TryCounts(numbers[0], out int[] part) && Parse.TryCounts(numbers[1], out int[] parts) && part.Length == 1 && parts.Length == 1 && part[0] <= parts[0]
            ? (part[0], parts[0])
            : throw new UsageException($"Expected a part I of N for --part, such as 2/8, found '{text}'.");
    }
}
