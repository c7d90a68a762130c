using System.CommandLine;
using System.Diagnostics;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent fit MODEL DATA…</c>: fits a model, prints what it found, and saves it.</summary>
internal static class FitCommand
{
    /// <summary>The verb.</summary>
    public const string Name = "fit";

    /// <summary>The verb with one subcommand per model.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="chosen">The word after the verb: where it is a model, the others are left out, since to make them takes longer than a small fit.</param>
    public static Command Create(Terminal terminal, string? chosen)
    {
        Command command = new(Name, "Fit a model to data; print a summary; -o saves it.");
        DataArguments data = new();
        FitArguments common = new();
        foreach (ModelKind kind in chosen is not null && ModelRegistry.Find(chosen) is { } one ? [one] : ModelRegistry.All)
        {
            Command model = new(kind.Name, $"{kind.Title}. {kind.Summary}");
            foreach (Option option in kind.Options)
            {
                model.Options.Add(option);
            }
            common.AddTo(model);
            data.AddTo(model);
            model.SetAction(parsed =>
            {
                FitSettings settings = common.Read(parsed);
                return settings.Mpi
                    ? MpiJob.Run(terminal, settings, (own, shared) => Run(own, kind, data, shared, parsed))
                    : Run(terminal, kind, data, settings, parsed);
            });
            command.Subcommands.Add(model);
        }
        return command;
    }

    private static int Run(Terminal terminal, ModelKind kind, DataArguments data, FitSettings settings, ParseResult parsed)
    {
        Files.CheckWritable(settings.Output, "-o");
        Files.CheckWritable(settings.Trace, "--trace");
        (CheckpointOptions? checkpoint, CheckpointNotes? notes) = CheckpointNotes.Of(settings.Checkpoint, terminal);
        settings = settings with { Checkpoint = checkpoint };
        if (kind is TopicKind topics)
        {
            return TopicCommands.Fit(terminal, topics, data, settings, notes, parsed);
        }
        long started = Stopwatch.GetTimestamp();
        using RowTable table = DataFiles.Read(data.Paths(parsed), kind.Prepare(data.ToOptions(parsed, terminal), parsed));
        Completeness.Check(kind, table);
        TimeSpan load = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        ModelFit fit = Fit(terminal, kind, table, settings, parsed);
        TimeSpan time = Stopwatch.GetElapsedTime(started);
        Save(fit, settings);
        notes?.End(fit.Figures.StopReason);
        if (settings.Json)
        {
            fit = fit with { Warnings = [.. fit.Warnings, .. notes?.Warnings ?? []] };
            TimingJson timing = new(load.TotalSeconds, time.TotalSeconds);
            JsonOutput.Write(terminal, FitJson.Of(fit, settings.Seed, timing, table.Storage), CliJson.Default.FitJson);
        }
        else
        {
            FitSummary.Write(terminal, fit, table, settings, time);
        }
        return fit.Figures.StopReason == StopReason.Cancelled ? ExitCode.Cancelled
            : settings.RequireConvergence && !fit.Figures.Converged ? ExitCode.NotConverged
            : ExitCode.Done;
    }

    private static ModelFit Fit(Terminal terminal, ModelKind kind, RowTable table, FitSettings settings, ParseResult parsed)
    {
        if (!terminal.ErrorIsTerminal)
        {
            return kind.Fit(new FitJob(table, settings, parsed, null, terminal.Cancellation));
        }
        using ProgressLine progress = new(terminal, settings.TimeLimit);
        return kind.Fit(new FitJob(table, settings, parsed, progress, terminal.Cancellation));
    }

    /// <summary>Writes the files that the settings ask for.</summary>
    public static void Save(ModelFit fit, FitSettings settings)
    {
        if (settings.Trace is { } trace)
        {
            AtomicFile.Write(trace, stream => WriteTrace(stream, fit.Figures.Trace));
        }
        if (settings.Output is { } output)
        {
            SavedModels.ToFile(fit, settings.Seed).Write(output);
        }
    }

    private static void WriteTrace(Stream stream, IReadOnlyList<double> trace)
    {
        using CsvTableWriter writer = new(stream, ["iteration", "objective"]);
        for (int iteration = 0; iteration < trace.Count; iteration++)
        {
            writer.Write(iteration);
            writer.Write(trace[iteration]);
            writer.EndRow();
        }
    }
}
