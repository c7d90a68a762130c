using System.CommandLine;
using System.Diagnostics;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Commands;

/// <summary><c>latent select MODEL DATA…</c> for models whose number of components, and family, is all there is to choose: fits each, prints the table by a criterion, and keeps the best.</summary>
/// <param name="kind">The model.</param>
internal sealed class SelectCount(ModelKind kind)
{
    private const string Tests = "blrt";
    private const double Level = 0.05;

    // The command line of a selection has these in the plural, or not at all.
    private static readonly string[] _notTaken = ["--components", "--states", "--start-labels", MixtureArguments.AnnihilateName];

    private readonly Option<int[]?> _counts = kind.Options.Any(option => option.Name == "--states")
        ? Parse.Counts("--states", ["-k"], "The numbers of states to try. Default 1..5.")
        : Parse.Counts("--components", ["-k"], "The numbers of components to try. Default 1..5.");

    private readonly Option<string?> _criterion = kind is LatentClassKind
        ? Parse.Word("--criterion", "What decides: aic, bic, icl, lower is better; or blrt, tests of ever more classes. Default bic.", "aic", "bic", "icl", Tests)
        : Parse.Word("--criterion", "What decides; lower is better for each. Default bic.", "aic", "bic", "icl");

    private readonly Option<int?> _replicates = Parse.Integer("--replicates", [], "The replicates of each test of --criterion blrt. Default 99.", 1);
    private readonly DataArguments _data = new();
    private readonly FitArguments _common = new();

    /// <summary>The subcommand of a model.</summary>
    public static Command Create(Terminal terminal, ModelKind kind)
    {
        SelectCount select = new(kind);
        Command model = new(kind.Name, $"{kind.Title}. How many {select._counts.Name[2..]}?{(kind is FamilyMixtureKind ? " And which --family A,B,…?" : kind is FactorMixtureKind ? " And how many --factors, with which --uniquenesses?" : "")}") { select._counts, select._criterion };
        foreach (Option option in kind.SearchOptions.Where(option => !_notTaken.Contains(option.Name)))
        {
            model.Options.Add(option);
        }
        if (kind is LatentClassKind)
        {
            model.Options.Add(select._replicates);
        }
        select._common.AddToSearch(model);
        select._data.AddTo(model);
        model.SetAction(parsed =>
        {
            FitSettings settings = select._common.Read(parsed);
            return settings.Mpi
                ? MpiJob.Run(terminal, settings, (own, shared) => select.Run(own, shared, parsed))
                : select.Run(terminal, settings, parsed);
        });
        return model;
    }

    private int Run(Terminal terminal, FitSettings settings, ParseResult parsed)
    {
        Files.CheckWritable(settings.Output, "-o");
        int[] counts = parsed.GetResult(_counts) is null ? [1, 2, 3, 4, 5] : parsed.GetValue(_counts)!;
        string criterion = parsed.GetValue(_criterion) ?? "bic";
        long started = Stopwatch.GetTimestamp();
        using RowTable table = DataFiles.Read(_data.Paths(parsed), kind.Prepare(_data.ToOptions(parsed, terminal), parsed));
        Completeness.Check(kind, table);
        TimeSpan load = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        FitJob job = new(table, settings with { Checkpoint = null }, parsed, null, terminal.Cancellation);
        List<SelectedFit> cells = kind.Search(job, counts, criterion) ?? Search(job, [.. from family in kind.FamiliesOf(parsed) from count in counts select (family, count)], criterion, started);
        if (criterion == Tests)
        {
            cells = Test(cells, parsed.GetValue(_replicates) ?? 99, settings, terminal.Cancellation);
        }
        SelectedFit best = (criterion == Tests ? cells.Find(cell => cell.Fit is not null && !(cell.PValue <= Level)) : cells.Where(cell => cell.Fit is not null).OrderBy(cell => cell.IsOnBound).ThenBy(cell => cell.Value).FirstOrDefault())
            ?? throw new NumericalException($"Expected a fit in one of {cells.Count} cells, found none, the first because: {cells[0].Message}");
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

    /// <summary>Every number against the next, from the smallest on, as far as more are better.</summary>
    private static List<SelectedFit> Test(List<SelectedFit> cells, int replicates, FitSettings settings, CancellationToken cancellation)
    {
        List<SelectedFit> tested = [.. cells.OrderBy(cell => cell.Count)];
        LatentClassOptions options = settings.Apply(new LatentClassOptions { Starts = 8 }, null);
        for (int index = 0; index + 1 < tested.Count; index++)
        {
            if (tested[index].Fit is not { } fewer || tested[index + 1].Fit is not { } more)
            {
                continue;
            }
            if (fewer.Classes is null || more.Classes is null)
            {
                throw new UsageException("Expected --criterion blrt without --covariates, found both. Choose the number of classes first.");
            }
            double p = LatentClassSelection.Test(fewer.Classes, more.Classes, replicates, options, settings.Seed, cancellation).PValue;
            tested[index] = tested[index] with { PValue = p };
            if (p > Level)
            {
                break;
            }
        }
        return tested;
    }

    /// <summary>One fit per cell, within the time limit of the whole; what cannot be fitted says why.</summary>
    private List<SelectedFit> Search(FitJob job, (string? Family, int Count)[] grid, string criterion, long started)
    {
        List<SelectedFit> cells = [];
        foreach ((string? family, int count) in grid)
        {
            if (IsCancelled(job) && cells.Count > 0)
            {
                break;
            }
            TimeSpan? left = job.Settings.TimeLimit is { } limit ? TimeSpan.FromTicks(Math.Max(0, (limit - Stopwatch.GetElapsedTime(started)).Ticks)) : null;
            try
            {
                ModelFit fit = kind.Fit(job with { Settings = job.Settings with { TimeLimit = left }, Components = count, Family = family });
                double? value = criterion switch { "aic" => fit.Figures.Aic, "icl" => fit.Figures.Icl, _ => fit.Figures.Bic };
                cells.Add(new SelectedFit(family, count, fit, value ?? double.PositiveInfinity, null));
            }
            catch (Exception failure) when (failure is NumericalException or ArgumentException or DataFormatException && grid.Length > 1)
            {
                cells.Add(new SelectedFit(family, count, null, double.PositiveInfinity, failure.Message));
            }
        }
        return cells;
    }

    /// <summary>Whether the caller has stopped the search; of a job, any of its ranks, so that all stop before the same fit.</summary>
    private static bool IsCancelled(FitJob job)
    {
        double[] stopped = [job.Cancellation.IsCancellationRequested ? 1 : 0];
        job.Settings.Communicator?.Sum(stopped);
        return stopped[0] > 0;
    }
}
