using System.CommandLine;
using System.Diagnostics;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;
using Latent.Selection;

namespace Latent.Cli.Commands;

/// <summary><c>latent select gmm DATA…</c>: fits a grid of structures and numbers of components, prints the table by a criterion, and keeps the best.</summary>
internal sealed class SelectCommand
{
    /// <summary>The verb.</summary>
    public const string Name = "select";

    /// <summary>The models that it knows how to choose among.</summary>
    public static string Models => string.Join(", ", _models);

    private const string EveryStructure = "all";

    private static readonly string[] _models =
    [
        GaussianMixtureFile.ModelName, TopicModelFile.ModelName, HiddenMarkovFile.ModelName, StudentMixtureFile.ModelName, FactorMixtureFile.ModelName, FamilyMixtureFile.ModelName,
        FamilyMixtureFile.LatentClassName, RegressionFile.ModelName,
    ];

    private static readonly (string Name, SelectionCriterion Criterion)[] _criteria =
    [
        ("aic", SelectionCriterion.Aic), ("aicc", SelectionCriterion.Aicc), ("bic", SelectionCriterion.Bic), ("icl", SelectionCriterion.Icl),
        ("cv", SelectionCriterion.CrossValidation), ("blrt", SelectionCriterion.BootstrapLikelihoodRatio),
    ];

    private readonly GaussianMixtureKind _kind = (GaussianMixtureKind)ModelRegistry.Find(GaussianMixtureFile.ModelName)!;
    private readonly Option<int[]?> _components = Parse.Counts("--components", ["-k"], "The numbers of components to try. Default 1..9.");
    private readonly Option<string[]> _covariances = Parse.Names("--covariance", "The covariance structures to try, or all fourteen. Default spherical,diag,tied,full.", "A,B,…|all");
    private readonly Option<string?> _criterion = Parse.Word("--criterion", "What decides: aic, aicc, bic, icl, cv, lower is better; or blrt, tests of ever more components. Default bic.", [.. _criteria.Select(entry => entry.Name)]);
    private readonly Option<int?> _folds = Parse.Integer("--folds", [], "The folds of --criterion cv. Default 10.", 2);
    private readonly Option<int?> _replicates = Parse.Integer("--replicates", [], "The most replicates of each test of --criterion blrt. Default 999.", 1);
    private readonly KnowledgeArguments _knowledge = new(noise: true, trim: true);
    private readonly DataArguments _data = new();
    private readonly FitArguments _common = new();

    /// <summary>The verb with one subcommand per model.</summary>
    /// <param name="terminal">Where it prints.</param>
    /// <param name="chosen">The word after the verb: where it is a model, the others are left out, as in <see cref="FitCommand"/>.</param>
    public static Command Create(Terminal terminal, string? chosen)
    {
        Command command = new(Name, "Fit a grid of models; print a table by a criterion; keep the best.");
        foreach (string name in chosen is not null && _models.Contains(chosen) ? [chosen] : _models)
        {
            command.Subcommands.Add(name switch
            {
                GaussianMixtureFile.ModelName => CreateGaussian(terminal),
                TopicModelFile.ModelName => TopicSelectCommand.Create(terminal),
                _ => SelectCount.Create(terminal, ModelRegistry.Find(name)!),
            });
        }
        return command;
    }

    private static Command CreateGaussian(Terminal terminal)
    {
        SelectCommand select = new();
        Command model = new(GaussianMixtureFile.ModelName, $"{select._kind.Title}. Which covariances, and how many components?")
        {
            select._components, select._covariances, select._criterion, select._folds, select._replicates,
        };
        foreach (Option option in select._knowledge.Options)
        {
            model.Options.Add(option);
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
        int[] counts = parsed.GetResult(_components) is null ? [.. Enumerable.Range(1, 9)] : parsed.GetValue(_components)!;
        (CheckpointOptions? checkpoint, CheckpointNotes? notes) = CheckpointNotes.Of(settings.Checkpoint, terminal);
        long started = Stopwatch.GetTimestamp();
        using RowTable read = DataFiles.Read(_data.Paths(parsed), _knowledge.Prepare(_data.ToOptions(parsed, terminal), parsed));
        (RowTable table, IReadOnlyList<string> names) = _knowledge.Read(read, parsed);
        counts = parsed.GetResult(_components) is null ? [.. counts.Where(count => count >= names.Count)] : counts;
        GaussianMixtureSelectionOptions options = Options(parsed, settings, table.Rows.Columns) with { Checkpoint = checkpoint };
        Completeness.Check(_kind, table);
        TimeSpan load = Stopwatch.GetElapsedTime(started);
        SelectionTable cells = Search(terminal, table, counts, options);
        bool cancelled = terminal.Cancellation.IsCancellationRequested;
        notes?.End(cancelled ? StopReason.Cancelled : cells.Elapsed >= settings.TimeLimit ? StopReason.TimeLimit : StopReason.Converged);
        if (cells.Best is null && cancelled)
        {
            throw new OperationCanceledException(terminal.Cancellation);
        }
        SelectionCell best = cells.Best ?? throw new NumericalException($"Expected a fit in one of {cells.Count} cells, found none, the first because: {cells[0].Message}");
        ModelFit fit = _kind.Found(best.Fit!, best.Fit!, given: best.Origin != SelectionOrigin.Race, settings);
        fit.Model.LabelNames = names;
        if (settings.Output is { } output)
        {
            SavedModels.ToFile(fit, settings.Seed).Write(output);
        }
        if (settings.Json)
        {
            fit = fit with { Warnings = [.. fit.Warnings, .. notes?.Warnings ?? []] };
            TimingJson timing = new(load.TotalSeconds, cells.Elapsed.TotalSeconds);
            JsonOutput.Write(terminal, SelectJson.Of(cells, fit, settings.Seed, timing), SelectCliJson.Default.SelectJson);
        }
        else
        {
            SelectionReport.Write(terminal, cells, table.Rows.Columns);
            FitSummary.Write(terminal, fit, table, settings, best.Elapsed);
        }
        return cancelled ? ExitCode.Cancelled
            : settings.RequireConvergence && !fit.Figures.Converged ? ExitCode.NotConverged
            : ExitCode.Done;
    }

    private GaussianMixtureSelectionOptions Options(ParseResult parsed, FitSettings settings, int columns)
    {
        GaussianMixtureOptions fit = _knowledge.Apply<GaussianMixtureOptions, Gaussian>(settings.Apply(new GaussianMixtureOptions(), null), parsed) with { TimeLimit = null, Checkpoint = null };
        GaussianMixtureSelectionOptions options = new();
        return options with
        {
            Structures = parsed.GetResult(_covariances) is null ? options.Structures : Structures(parsed.GetValue(_covariances)!, columns),
            Criterion = Array.Find(_criteria, entry => entry.Name == (parsed.GetValue(_criterion) ?? "bic")).Criterion,
            Folds = parsed.GetValue(_folds) ?? options.Folds,
            Test = options.Test with { Replicates = parsed.GetValue(_replicates) ?? options.Test.Replicates },
            Fit = fit with { Starts = settings.Starts ?? fit.Starts },
            TimeLimit = settings.TimeLimit,
        };
    }

    private static CovarianceStructure[] Structures(string[] names, int columns)
    {
        if (names is [EveryStructure])
        {
            return [.. CovarianceStructures.All];
        }
        return Array.ConvertAll(names, name => GaussianMixtureFile.StructureOf(name, columns)
            ?? throw new UsageException($"Expected {string.Join(", ", GaussianMixtureFile.StructureNames)} or {EveryStructure} for --covariance, found '{name}'."));
    }

    private static SelectionTable Search(Terminal terminal, RowTable table, int[] counts, GaussianMixtureSelectionOptions options)
    {
        using SelectionLine? line = terminal.ErrorIsTerminal ? new SelectionLine(terminal) : null;
        return GaussianMixtureSelection.Run(table.Rows, counts, options with { Progress = line }, terminal.Cancellation);
    }
}
