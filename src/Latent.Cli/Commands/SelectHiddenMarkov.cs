using System.CommandLine;
using System.Diagnostics;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent select hmm DATA…</c>: fits hidden Markov models with different numbers of states, prints the table by a criterion, and keeps the best.</summary>
internal sealed class SelectHiddenMarkov
{
    private readonly HiddenMarkovKind _kind = (HiddenMarkovKind)ModelRegistry.Find(HiddenMarkovFile.ModelName)!;
    private readonly Option<int[]?> _states = Parse.Counts("--states", ["-k"], "The numbers of states to try. Default 1..5.");
    private readonly Option<string?> _criterion = Parse.Word("--criterion", "What decides; lower is better for each. Default bic.", "aic", "bic", "icl");
    private readonly HiddenMarkovArguments _arguments = new();
    private readonly DataArguments _data = new();
    private readonly FitArguments _common = new();

    /// <summary>The subcommand.</summary>
    public static Command Create(Terminal terminal)
    {
        SelectHiddenMarkov select = new();
        Command model = new(HiddenMarkovFile.ModelName, $"{select._kind.Title}. How many states?") { select._states, select._criterion };
        foreach (Option option in select._arguments.Options)
        {
            model.Options.Add(option);
        }
        select._common.AddToSearch(model);
        select._data.AddTo(model);
        model.SetAction(parsed => select.Run(terminal, parsed));
        return model;
    }

    private int Run(Terminal terminal, ParseResult parsed)
    {
        FitSettings settings = _common.Read(parsed);
        Files.CheckWritable(settings.Output, "-o");
        int[] counts = parsed.GetResult(_states) is null ? [1, 2, 3, 4, 5] : parsed.GetValue(_states)!;
        string criterion = parsed.GetValue(_criterion) ?? "bic";
        long started = Stopwatch.GetTimestamp();
        using RowTable table = DataFiles.Read(_data.Paths(parsed), _arguments.Prepare(_data.ToOptions(parsed, terminal), parsed));
        TimeSpan load = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        List<SelectedFit> cells = Search(new FitJob(table, settings, parsed, null, terminal.Cancellation), counts, criterion, started);
        SelectedFit best = cells.Where(cell => cell.Fit is not null).MinBy(cell => cell.Value)
            ?? throw new NumericalException($"Expected a fit with one of {cells.Count} numbers of states, found none, the first because: {cells[0].Message}");
        TimeSpan time = Stopwatch.GetElapsedTime(started);
        if (settings.Output is { } output)
        {
            SavedModels.ToFile(best.Fit!, settings.Seed).Write(output);
        }
        if (settings.Json)
        {
            JsonOutput.Write(terminal, SelectFitsJson.Of(cells, best, criterion, settings.Seed, new TimingJson(load.TotalSeconds, time.TotalSeconds)), SelectFitsCliJson.Default.SelectFitsJson);
        }
        else
        {
            SelectedFit.Write(terminal, cells, best, criterion.ToUpperInvariant(), time);
            FitSummary.Write(terminal, best.Fit!, table, settings, time);
        }
        return terminal.Cancellation.IsCancellationRequested ? ExitCode.Cancelled
            : settings.RequireConvergence && !best.Fit!.Figures.Converged ? ExitCode.NotConverged
            : ExitCode.Done;
    }

    /// <summary>One fit per number of states, within the time limit of the whole; what cannot be fitted says why.</summary>
    private List<SelectedFit> Search(FitJob job, int[] counts, string criterion, long started)
    {
        HiddenMarkovData data = _arguments.Read(job, null);
        List<SelectedFit> cells = [];
        foreach (int states in counts)
        {
            if (job.Cancellation.IsCancellationRequested && cells.Count > 0)
            {
                break;
            }
            TimeSpan? left = job.Settings.TimeLimit is { } limit ? TimeSpan.FromTicks(Math.Max(0, (limit - Stopwatch.GetElapsedTime(started)).Ticks)) : null;
            try
            {
                ModelFit fit = _kind.Fit(data, states, null, job with { Settings = job.Settings with { TimeLimit = left } });
                double? value = criterion switch { "aic" => fit.Figures.Aic, "icl" => fit.Figures.Icl, _ => fit.Figures.Bic };
                cells.Add(new SelectedFit(null, states, fit, value ?? double.PositiveInfinity, null));
            }
            catch (Exception failure) when (failure is NumericalException or ArgumentException && cells.Count > 0)
            {
                cells.Add(new SelectedFit(null, states, null, double.PositiveInfinity, failure.Message));
            }
        }
        return cells;
    }
}
