using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Latent.Cli.Models;
using Latent.Cli.Output;
using Latent.IO;
using Latent.Topics;

namespace Latent.Cli.Commands;

/// <summary>The verbs for topic models, whose data are documents.</summary>
internal static class TopicCommands
{
    /// <summary><c>latent fit lda</c>.</summary>
    public static int Fit(Terminal terminal, TopicKind kind, DataArguments data, FitSettings settings, CheckpointNotes? notes, ParseResult parsed)
    {
        long started = Stopwatch.GetTimestamp();
        using ProgressLine? progress = terminal.ErrorIsTerminal ? new ProgressLine(terminal, settings.TimeLimit) : null;
        TopicOptions options = kind.ToOptions(parsed, settings, progress);
        string? updated = kind.Update(parsed);
        if (updated is not null && (settings.Start is not null || kind.TopicsOf(parsed) is not null))
        {
            throw new UsageException("Expected --update MODEL without --start and -k, found both: the topics are the model's. Leave one out.");
        }
        FittedTopics? start = Start(updated ?? settings.Start, kind);
        CorpusOptions reading = kind.Corpus.ToOptions(parsed, data.ToOptions(parsed, terminal));
        if (start is not null)
        {
            reading = reading with { Vocabulary = start.Topics.Words, Tokens = reading.Tokens with { Grams = start.Corpus.Tokens.Grams, LowerCase = start.Corpus.Tokens.LowerCase } };
        }
        Corpus corpus = Corpus.Read(data.Paths(parsed), reading);
        TimeSpan load = Stopwatch.GetElapsedTime(started);
        int topics = Starts.Components(kind.TopicsOf(parsed), start?.Components, "topics");
        started = Stopwatch.GetTimestamp();
        double keep = kind.Keep(parsed);
        TopicFit fit = Fitted(
            () => updated is null
                ? TopicModel.Fit(corpus.Documents, topics, options with { Start = start?.Topics }, terminal.Cancellation)
                : start!.Topics.Update(corpus.Documents, options, keep, terminal.Cancellation),
            corpus);
        TimeSpan time = Stopwatch.GetElapsedTime(started);
        FittedTopics model = new(kind, fit.Model, reading.Tokens) { Order = kind.OrderOf(parsed) };
        notes?.End(fit.Result.StopReason);
        return TopicReport.Write(terminal, new TopicOutcome(model, fit, corpus, settings, load, time, start is not null, parsed) { Notes = notes?.Warnings ?? [] });
    }

    /// <summary><c>latent select lda</c>.</summary>
    public static int Select(Terminal terminal, TopicKind kind, DataArguments data, FitSettings settings, int[] counts, double share, ParseResult parsed)
    {
        Files.CheckWritable(settings.Output, "-o");
        long started = Stopwatch.GetTimestamp();
        TopicOptions options = kind.ToOptions(parsed, settings, null) with { TimeLimit = null };
        CorpusOptions reading = kind.Corpus.ToOptions(parsed, data.ToOptions(parsed, terminal));
        Corpus corpus = Corpus.Read(data.Paths(parsed), reading);
        TimeSpan load = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        TopicSelection selection = Fitted(() => TopicSelection.Run(corpus.Documents, counts, options, share, Tell(terminal), terminal.Cancellation), corpus);
        if (!settings.Json)
        {
            TopicReport.Write(terminal, selection);
        }
        // The best number of topics, now with every document.
        TopicFit fit = Fitted(() => TopicModel.Fit(corpus.Documents, selection.Best.Topics, options, CancellationToken.None), corpus);
        FittedTopics model = new(kind, fit.Model, reading.Tokens) { Order = kind.OrderOf(parsed) };
        return TopicReport.Write(
            terminal, new TopicOutcome(model, fit, corpus, settings, load, Stopwatch.GetElapsedTime(started), Given: false, parsed) { Selection = selection });
    }

    /// <summary><c>latent predict</c> with a topic model.</summary>
    public static int Predict(Terminal terminal, FittedTopics model, UseArguments use, ParseResult parsed)
    {
        Corpus corpus = Read(terminal, model, use.Data, use.Corpus, parsed);
        string[] names = [.. Enumerable.Range(1, model.Components).Select(k => $"p{k}")];
        if (use.Json(parsed))
        {
            DocumentTopics topics = model.Topics.Infer(corpus.Documents, use.Threads(parsed));
            TellUnknown(terminal, corpus.UnknownWords + topics.UnknownWords, topics.Words.Count(words => words == 0));
            int[] labels = topics.Labels();
            double[][] values = [.. Enumerable.Range(0, topics.Documents).Select(document => topics[document].ToArray())];
            JsonOutput.Write(
                terminal, new PredictJson(model.Kind.Name, values.Length, corpus.Ids, Array.ConvertAll(labels, label => label + 1), names, values), CliJson.Default.PredictJson);
            return ExitCode.Done;
        }
        string? id = corpus.Ids is null ? null : use.Data.IdName(parsed) ?? "document";
        Files.Write(use.Output(parsed), terminal, stream =>
        {
            using CsvTableWriter writer = new(stream, [.. id is null ? (string[])[] : [id], "label", .. names]);
            (long unknown, int empty) = (corpus.UnknownWords, 0);
            for (int first = 0; first < corpus.Documents.Documents; first += PredictedTogether)
            {
                // As many as fit into memory whatever the corpus: no document depends on the others.
                int count = Math.Min(PredictedTogether, corpus.Documents.Documents - first);
                DocumentTopics topics = model.Topics.Infer(corpus.Documents.Select([.. Enumerable.Range(first, count)]), use.Threads(parsed));
                Write(writer, topics, id is null ? null : corpus.Ids, first);
                unknown += topics.UnknownWords;
                empty += topics.Words.Count(words => words == 0);
            }
            TellUnknown(terminal, unknown, empty);
        });
        return ExitCode.Done;
    }

    /// <summary><c>latent predict --similar N</c> with a topic model: for each document those most like it.</summary>
    public static int Similar(Terminal terminal, FittedTopics model, UseArguments use, int count, ParseResult parsed)
    {
        if (use.Json(parsed))
        {
            throw new UsageException("Expected --similar without --json, found both: it writes CSV. Leave one out.");
        }
        Corpus corpus = Read(terminal, model, use.Data, use.Corpus, parsed);
        DocumentTopics topics = model.Topics.Infer(corpus.Documents, use.Threads(parsed));
        TellUnknown(terminal, corpus.UnknownWords + topics.UnknownWords, topics.Words.Count(words => words == 0));
        string Name(int document) => corpus.Ids is { } ids ? ids[document] : (document + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Files.Write(use.Output(parsed), terminal, stream =>
        {
            using CsvTableWriter writer = new(stream, ["document", "similar", "affinity"]);
            for (int document = 0; document < topics.Documents; document++)
            {
                foreach ((int other, double affinity) in topics.MostSimilar(document, count))
                {
                    writer.Write(Name(document));
                    writer.Write(Name(other));
                    writer.Write(affinity);
                    writer.EndRow();
                }
            }
        });
        return ExitCode.Done;
    }

    private const int PredictedTogether = 1 << 14;

    private static void Write(CsvTableWriter writer, DocumentTopics topics, IReadOnlyList<string>? ids, int first)
    {
        int[] labels = topics.Labels();
        for (int document = 0; document < topics.Documents; document++)
        {
            if (ids is not null)
            {
                writer.Write(ids[first + document]);
            }
            writer.Write(labels[document] + 1);
            foreach (double value in topics[document])
            {
                writer.Write(value);
            }
            writer.EndRow();
        }
    }

    /// <summary><c>latent score</c> with a topic model.</summary>
    public static int Score(Terminal terminal, FittedTopics model, UseArguments use, ParseResult parsed)
    {
        Corpus corpus = Read(terminal, model, use.Data, use.Corpus, parsed);
        DocumentTopics topics = model.Topics.Infer(corpus.Documents, use.Threads(parsed));
        TellUnknown(terminal, corpus.UnknownWords + topics.UnknownWords, topics.Words.Count(count => count == 0));
        double total = topics.Bounds.Sum();
        double words = topics.Words.Sum();
        HeldOutScore? heldOut = topics.Words.Any(count => count >= 2) ? model.Topics.HeldOut(corpus.Documents, EmOptions.Default.Seed, use.Threads(parsed)) : null;
        if (use.Output(parsed) is { } output)
        {
            Files.Write(output, terminal, stream =>
            {
                using CsvTableWriter writer = new(stream, [.. corpus.Ids is null ? (string[])[] : ["document"], "words", "bound"]);
                for (int document = 0; document < topics.Documents; document++)
                {
                    if (corpus.Ids is not null)
                    {
                        writer.Write(corpus.Ids[document]);
                    }
                    writer.Write(topics.Words[document]);
                    writer.Write(topics.Bounds[document]);
                    writer.EndRow();
                }
            });
        }
        if (use.Json(parsed))
        {
            Dictionary<string, JsonElement> own = new()
            {
                ["bound"] = JsonSerializer.SerializeToElement(total, CliJson.Default.Double),
                ["perplexity"] = JsonSerializer.SerializeToElement(Math.Exp(-total / words), CliJson.Default.Double),
                ["heldOutPerplexity"] = JsonSerializer.SerializeToElement(heldOut?.Perplexity ?? double.NaN, CliJson.Default.Double),
                ["unknownWords"] = JsonSerializer.SerializeToElement((double)(corpus.UnknownWords + topics.UnknownWords), CliJson.Default.Double),
            };
            JsonOutput.Write(terminal, new ScoreJson(model.Kind.Name, topics.Documents, words, total / words, corpus.Ids, topics.Bounds) { Total = own }, CliJson.Default.ScoreJson);
            return ExitCode.Done;
        }
        TextReport report = new(terminal);
        report.Line($"bound of {Numbers.Count(topics.Documents, "document")} of {Numbers.Count((long)words, "word")}: total {Numbers.Criterion(total)}, {Numbers.Short(total / words, 7)} per word, perplexity {Numbers.Short(Math.Exp(-total / words), 6)}");
        if (heldOut is not null)
        {
            report.Line($"perplexity of half of each document's words, given the other half: {Numbers.Short(heldOut.Perplexity, 6)} (standard error of its logarithm {Numbers.Short(heldOut.StandardError, 2)})");
        }
        if (use.Output(parsed) is { } path)
        {
            report.Line($"Every document's is in {path}.");
        }
        return ExitCode.Done;
    }

    /// <summary><c>latent sample</c> from a topic model: one row per document and word, as <c>--doc doc --term term --count count</c> reads them.</summary>
    public static int Sample(Terminal terminal, FittedTopics model, int documents, int words, ulong seed, string? output)
    {
        (Data.DocumentSource drawn, _) = model.Topics.Sample(documents, words, seed);
        Files.Write(output, terminal, stream =>
        {
            using CsvTableWriter writer = new(stream, ["doc", "term", "count"]);
            for (int index = 0; index < drawn.ChunkCount; index++)
            {
                Data.DocumentChunk chunk = drawn.GetChunk(index);
                for (int document = 0; document < chunk.Documents; document++)
                {
                    ReadOnlySpan<int> terms = chunk.Terms[chunk[document]];
                    ReadOnlySpan<int> counts = chunk.Counts[chunk[document]];
                    for (int cell = 0; cell < terms.Length; cell++)
                    {
                        writer.Write(chunk.FirstDocument + document + 1);
                        writer.Write(model.Topics.Word(terms[cell]));
                        writer.Write(counts[cell]);
                        writer.EndRow();
                    }
                }
            }
        });
        return ExitCode.Done;
    }

    private static FittedTopics? Start(string? path, TopicKind kind)
    {
        if (path is null)
        {
            return null;
        }
        (FittedModel model, _) = SavedModels.Read(path);
        return model as FittedTopics ?? throw new UsageException($"Expected a start of the model {kind.Name}, found {model.Kind.Name} in {path}. Start from a model of the same kind.");
    }

    private static Corpus Read(Terminal terminal, FittedTopics model, DataArguments data, CorpusArguments arguments, ParseResult parsed) =>
        Corpus.Read(data.Paths(parsed), arguments.ToOptions(parsed, data.ToOptions(parsed, terminal), model.Corpus));

    private static T Fitted<T>(Func<T> fit, Corpus corpus)
    {
        try
        {
            return fit();
        }
        catch (ArgumentException cause) when (corpus.Documents.Tokens > 0)
        {
            throw new UsageException(cause.Message);
        }
        catch (ArgumentException cause)
        {
            throw new DataFormatException(corpus.Files[0], "words", "none in any document", "check how the text is read, and what the vocabulary leaves out", cause: cause);
        }
    }

    private static Action<TopicSelectionCell>? Tell(Terminal terminal) => terminal.ErrorIsTerminal
        ? cell => terminal.Error.WriteLine($"{Numbers.Count(cell.Topics, "topic")}: held-out perplexity {Numbers.Short(cell.HeldOut.Perplexity, 6)}")
        : null;

    private static void TellUnknown(Terminal terminal, long unknown, int empty)
    {
        if (unknown > 0)
        {
            terminal.Error.WriteLine($"Note: {Numbers.Count(unknown, "word")} that the model does not know {(unknown == 1 ? "was" : "were")} left out.");
        }
        if (empty > 0)
        {
            terminal.Error.WriteLine($"Note: {Numbers.Count(empty, "document")} without a known word got the topics of the prior.");
        }
    }
}
