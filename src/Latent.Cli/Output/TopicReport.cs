using System.CommandLine;
using System.Text.Json.Serialization;
using Latent.Cli.Commands;
using Latent.Cli.Models;
using Latent.IO;
using Latent.Topics;

namespace Latent.Cli.Output;

/// <summary>All that is to be told of a fitted topic model.</summary>
internal sealed record TopicOutcome(FittedTopics Model, TopicFit Fit, Corpus Corpus, FitSettings Settings, TimeSpan Load, TimeSpan Time, bool Given, ParseResult Arguments)
{
    /// <summary>The numbers of topics that were tried, where there was a choice.</summary>
    public TopicSelection? Selection { get; init; }

    /// <summary>What was told of checkpoints.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Prints and saves fitted topic models.</summary>
internal static class TopicReport
{
    /// <summary>Saves, prints, and returns the exit code.</summary>
    public static int Write(Terminal terminal, TopicOutcome outcome)
    {
        FitSettings settings = outcome.Settings;
        FitFigures figures = FitFigures.Of(outcome.Fit.Result, outcome.Fit.Documents);
        string[] warnings = [.. Warnings(outcome, figures), .. outcome.Notes];
        ModelFit fit = new(outcome.Model, figures, warnings);
        FitCommand.Save(fit, settings);
        if (settings.Json)
        {
            JsonOutput.Write(terminal, TopicFitJson.Of(outcome, figures, warnings), TopicJson.Default.TopicFitJson);
        }
        else
        {
            Print(new TextReport(terminal), terminal, outcome, figures, warnings);
        }
        return figures.StopReason == StopReason.Cancelled ? ExitCode.Cancelled
            : settings.RequireConvergence && !figures.Converged ? ExitCode.NotConverged
            : ExitCode.Done;
    }

    /// <summary>Prints how well documents that were kept back are foretold by each number of topics.</summary>
    public static void Write(Terminal terminal, TopicSelection selection)
    {
        TextReport report = new(terminal);
        TextTable table = new(["topics", "held-out perplexity", "log per word", "standard error", "iterations", "time", "<"]);
        foreach (TopicSelectionCell cell in selection.Cells)
        {
            HeldOutScore score = cell.HeldOut;
            string mark = cell == selection.Best ? "best" : cell == selection.Simplest ? "as good within a standard error" : "";
            table.Add(
                $"{cell.Topics}", Numbers.Short(score.Perplexity, 6), Numbers.Fixed(score.LogLikelihood / score.Words, 4), Numbers.Short(score.StandardError, 2),
                $"{cell.Fit.Result.Iterations}", Numbers.Time(cell.Fit.Result.Elapsed), mark);
        }
        report.Write(Section.Of("Documents kept back, half of whose words were foretold from the other half", table));
        report.Line();
    }

    private static void Print(TextReport report, Terminal terminal, TopicOutcome outcome, FitFigures figures, string[] warnings)
    {
        (TopicFit fit, Corpus corpus) = (outcome.Fit, outcome.Corpus);
        report.Heading($"{outcome.Model.Title}: {Numbers.Count(fit.Model.Topics, "topic")}");
        string files = corpus.Files.Count == 1 ? corpus.Files[0] : $"{Numbers.Count(corpus.Files.Count, "file")}, {corpus.Files[0]} to {corpus.Files[^1]}";
        report.Line($"Fitted to {Numbers.Count(fit.Tokens, "word")} of {Numbers.Count(fit.Documents, "document")} over a vocabulary of {Numbers.Count(fit.Model.Vocabulary)} in {files}.");
        if (corpus.DroppedWords > 0)
        {
            report.Line($"{Numbers.Count(corpus.DroppedWords, "distinct word")} of too few or too many documents left out (--min-df, --max-df, --max-words).");
        }
        report.Line(FitSummary.Stop(figures, outcome.Time));
        if (FitSummary.Starts(figures) is { } starts)
        {
            report.Line(starts);
        }
        string estimated = fit.BoundDocuments < fit.Documents ? $" (estimated from {Numbers.Count(fit.BoundDocuments, "document")})" : "";
        string heldOut = fit.HeldOut is { } score ? $"; perplexity of {Numbers.Count(score.Documents, "document")} kept back {Numbers.Short(score.Perplexity, 6)}" : "";
        report.Write(Section.Of(null, $"bound {Numbers.Criterion(fit.Bound)}, perplexity {Numbers.Short(fit.Perplexity, 6)}{estimated}{heldOut}"));
        foreach (Section section in outcome.Model.Describe(terminal.Width, outcome.Settings.Full))
        {
            report.Write(section);
        }
        double[] npmi = TopicCoherence.Of(fit.Model, corpus.Documents).Npmi;
        if (npmi.Any(double.IsFinite))
        {
            int least = Array.IndexOf(npmi, npmi.Where(double.IsFinite).Min());
            report.Write(Section.Of(null, $"coherence of the ten most probable words (NPMI, -1 to 1): mean {Numbers.Fixed(npmi.Where(double.IsFinite).Average(), 3)}, least {Numbers.Fixed(npmi[least], 3)} (topic {least + 1})"));
        }
        foreach (Section section in Groups(outcome))
        {
            report.Write(section);
        }
        if (outcome.Settings.Output is { } output)
        {
            report.Write(Section.Of(null, $"Saved to {output}."));
        }
        terminal.Out.Flush();
        FitSummary.Warnings(terminal, warnings);
    }

    /// <summary>The mean topics of each group of documents.</summary>
    public static double[][] MeansOf(TopicOutcome outcome, TextColumn groups) =>
        outcome.Fit.Model.Infer(outcome.Corpus.Documents, outcome.Settings.Threads).MeanByGroup(groups.Codes, groups.Levels.Count);

    private static IEnumerable<Section> Groups(TopicOutcome outcome)
    {
        foreach (TextColumn groups in outcome.Corpus.Columns)
        {
            double[][] means = MeansOf(outcome, groups);
            int shown = outcome.Settings.Full ? outcome.Model.Components : Math.Min(outcome.Model.Components, Math.Max(3, (outcome.Model.Components > 12 ? 96 : 120) / 9));
            TextTable table = new([$"<{groups.Name}", .. Enumerable.Range(1, shown).Select(topic => $"topic {topic}")]);
            for (int group = 0; group < means.Length; group++)
            {
                table.Add([groups.Levels[group], .. means[group].Take(shown).Select(share => double.IsNaN(share) ? "-" : Numbers.Percent(share))]);
            }
            yield return Section.Of($"Topics by {groups.Name}", table) with
            {
                Footer = shown < outcome.Model.Components ? $"{outcome.Model.Components - shown} more topics with --full." : null,
            };
        }
    }

    private static IEnumerable<string> Warnings(TopicOutcome outcome, FitFigures figures)
    {
        bool isOnline = figures.Trace.Count == 1 && figures.Iterations > 0;
        foreach (string warning in FitWarnings.Of(figures, outcome.Model, outcome.Given || isOnline, outcome.Settings with { Tolerance = isOnline ? 0 : outcome.Settings.Tolerance }))
        {
            yield return warning;
        }
        if (outcome.Corpus.UnknownWords > 0)
        {
            yield return $"{Numbers.Count(outcome.Corpus.UnknownWords, "word")} not in the model's vocabulary {(outcome.Corpus.UnknownWords == 1 ? "was" : "were")} left out. Fit without --start or --update to learn them.";
        }
        long empty = Enumerable.Range(0, outcome.Corpus.Documents.ChunkCount).Sum(index =>
        {
            Data.DocumentChunk chunk = outcome.Corpus.Documents.GetChunk(index);
            return (long)Enumerable.Range(0, chunk.Documents).Count(document => chunk[document].Start.Value == chunk[document].End.Value);
        });
        if (empty > 0)
        {
            yield return $"{Numbers.Count(empty, "document")} without a word of the vocabulary {(empty == 1 ? "says" : "say")} nothing. Keep rarer words with --min-df, or leave {(empty == 1 ? "it" : "them")} out.";
        }
    }
}

/// <summary>What <c>fit lda --json</c> prints.</summary>
internal sealed record TopicFitJson
{
    public required string Model { get; init; }

    public required string Inference { get; init; }

    public required int Rows { get; init; }

    public required long Words { get; init; }

    public required int Vocabulary { get; init; }

    public required int Components { get; init; }

    public required ulong Seed { get; init; }

    public required double Bound { get; init; }

    public required double Perplexity { get; init; }

    public required int BoundDocuments { get; init; }

    public double? HeldOutPerplexity { get; init; }

    public TopicCheckJson[]? HeldOut { get; init; }

    public required double Objective { get; init; }

    public required IReadOnlyList<double> Alpha { get; init; }

    public required double Eta { get; init; }

    public required int Iterations { get; init; }

    public required int Evaluations { get; init; }

    public required string StopReason { get; init; }

    public required bool Converged { get; init; }

    public required StartJson[] Starts { get; init; }

    public required double Agreement { get; init; }

    public required IReadOnlyList<double> Trace { get; init; }

    public required TimingJson Timing { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<double> Shares { get; init; }

    public required TopicWordJson[][] TopWords { get; init; }

    public required double[] Npmi { get; init; }

    public required double[] UMass { get; init; }

    public double[][]? Topics { get; init; }

    public IReadOnlyList<string>? Columns { get; init; }

    public TopicGroupJson[]? Groups { get; init; }

    public TopicCellJson[]? Selection { get; init; }

    public static TopicFitJson Of(TopicOutcome outcome, FitFigures figures, IReadOnlyList<string> warnings)
    {
        TopicModel model = outcome.Fit.Model;
        bool full = outcome.Settings.Full;
        TopicCoherence coherence = TopicCoherence.Of(model, outcome.Corpus.Documents);
        return new TopicFitJson
        {
            Model = outcome.Model.Kind.Name,
            Inference = TopicModelFile.NameOf(model.Parameters.Inference),
            Rows = outcome.Fit.Documents,
            Words = outcome.Fit.Tokens,
            Vocabulary = model.Vocabulary,
            Components = model.Topics,
            Seed = outcome.Settings.Seed,
            Bound = outcome.Fit.Bound,
            Perplexity = outcome.Fit.Perplexity,
            BoundDocuments = outcome.Fit.BoundDocuments,
            HeldOutPerplexity = outcome.Fit.HeldOut?.Perplexity,
            HeldOut = outcome.Fit.HeldOut is null ? null : [.. outcome.Fit.Checks.Select(check => new TopicCheckJson(check.Step, check.Perplexity))],
            Objective = figures.Objective,
            Alpha = model.Concentration,
            Eta = model.Parameters.Smoothing,
            Iterations = figures.Iterations,
            Evaluations = figures.Evaluations,
            StopReason = figures.StopReason.ToString(),
            Converged = figures.Converged,
            Starts = [.. figures.Starts.Select(start => new StartJson(start.Seed, start.Objective, start.Iterations, start.StopReason.ToString(), start.Message, start.Initializer))],
            Agreement = figures.Agreement,
            Trace = figures.Trace,
            Timing = new TimingJson(outcome.Load.TotalSeconds, outcome.Time.TotalSeconds),
            Warnings = warnings,
            Shares = model.Shares,
            TopWords = [.. Enumerable.Range(0, model.Topics).Select(topic => model.TopWords(topic, 10, outcome.Model.Order).Select(word => new TopicWordJson(word.Word, word.Probability, word.Lift)).ToArray())],
            Npmi = coherence.Npmi,
            UMass = coherence.UMass,
            Topics = full ? [.. Enumerable.Range(0, model.Topics).Select(model.TermProbabilities)] : null,
            Columns = full ? outcome.Corpus.Words : null,
            Groups = outcome.Corpus.Columns.Count == 0 ? null : [.. outcome.Corpus.Columns.SelectMany(column => GroupsOf(outcome, column))],
            Selection = outcome.Selection is { } selection
                ? [.. selection.Cells.Select(cell => new TopicCellJson(cell.Topics, cell.HeldOut.Perplexity, cell.HeldOut.LogLikelihood, cell.HeldOut.Words, cell.HeldOut.StandardError, cell == selection.Best))]
                : null,
        };
    }

    private static IEnumerable<TopicGroupJson> GroupsOf(TopicOutcome outcome, TextColumn column) =>
        TopicReport.MeansOf(outcome, column).Select((mean, group) => new TopicGroupJson(column.Name, column.Levels[group], mean));
}

/// <summary>A word of a topic.</summary>
internal sealed record TopicWordJson(string Word, double Probability, double Lift);

/// <summary>The mean topics of a group of documents.</summary>
internal sealed record TopicGroupJson(string Column, string Group, double[] Topics);

/// <summary>How well documents kept back were foretold after so many batches.</summary>
internal sealed record TopicCheckJson(int Step, double Perplexity);

/// <summary>One number of topics that was tried.</summary>
internal sealed record TopicCellJson(int Topics, double HeldOutPerplexity, double LogLikelihood, long Words, double StandardError, bool Best);

/// <summary>Writers of topic models' JSON, generated when it is compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(FiniteDoubleConverter)])]
[JsonSerializable(typeof(TopicFitJson))]
internal sealed partial class TopicJson : JsonSerializerContext;
