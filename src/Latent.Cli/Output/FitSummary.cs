using Latent.Cli.Commands;
using Latent.Cli.Models;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Output;

/// <summary>What a person reads after a fit: what was fitted to what, why it stopped, how good it is, what was found, what to doubt.</summary>
internal static class FitSummary
{
    /// <summary>Prints the summary to standard output and the warnings to standard error.</summary>
    public static void Write(Terminal terminal, ModelFit fit, RowTable table, FitSettings settings, TimeSpan time)
    {
        TextReport report = new(terminal);
        FittedModel model = fit.Model;
        report.Heading(model.Heading);
        report.Line($"Fitted to {Numbers.Count(fit.Figures.Rows, "row")} of {Numbers.Count(model.Columns.Count, "column")} in {Files(table.Files)}{Weight(table)}.");
        if (model.LabelNames.Count > 0)
        {
            report.Line($"By the labels of some rows, {string.Join(", ", model.LabelNames.Select((name, k) => $"{model.ComponentWord} {k + 1} is {name}"))}.");
        }
        if (Storage(table.Storage) is { } storage)
        {
            report.Line(storage);
        }
        report.Line(Stop(fit.Figures, time));
        if (Starts(fit.Figures) is { } starts)
        {
            report.Line(starts);
        }
        if (Annihilation(fit) is { } annihilation)
        {
            report.Line(annihilation);
        }
        if (Trimmed(fit.Figures.Trimmed) is { } trimmed)
        {
            report.Line(trimmed);
        }
        report.Write(Section.Of(null, [.. Criteria(fit)]));
        foreach (Section section in model.Describe(terminal.Width, settings.Full))
        {
            report.Write(section);
        }
        if (fit.StandardErrors is { } errors)
        {
            report.Write(StandardErrorTable.Of(StandardErrorsJson.Of(errors, model.IsEffect), model.Unknown));
        }
        if (terminal.OutIsTerminal)
        {
            report.Picture(Sketch.Of(model, table.Rows, terminal));
        }
        if (settings.Output is { } output)
        {
            report.Write(Section.Of(null, $"Saved to {output}."));
        }
        terminal.Out.Flush();
        Warnings(terminal, fit.Warnings);
    }

    /// <summary>Prints warnings to standard error, in colour where a person reads.</summary>
    public static void Warnings(Terminal terminal, IReadOnlyList<string> warnings)
    {
        (string on, string off) = terminal.ErrorIsTerminal && terminal.Colors ? ("\u001b[33m", "\u001b[0m") : ("", "");
        if (terminal.ErrorIsTerminal && warnings.Count > 0)
        {
            terminal.Error.WriteLine();
        }
        foreach (string warning in warnings)
        {
            string[] lines = [.. TextReport.Wrap($"Warning: {warning}", terminal.ErrorIsTerminal ? terminal.Width : int.MaxValue)];
            terminal.Error.WriteLine(on + string.Join(terminal.Error.NewLine, lines) + off);
        }
    }

    private static string? Storage(TableStorage storage)
    {
        string limit = $"at most {MemoryBudget.Describe(storage.Memory)} in memory";
        string size = MemoryBudget.Describe(storage.Bytes);
        return storage.Place switch
        {
            TablePlace.MappedFiles when storage.Bytes > storage.Memory => $"The data, {size}, stay on the disk; {limit}.",
            TablePlace.TemporaryFile => $"The data, {size}, were copied to a temporary file; {limit}.",
            TablePlace.Cache => $"The data, {size}, are in {storage.Path}; {limit}.",
            _ => null,
        };
    }

    private static string Files(IReadOnlyList<string> files) => files.Count switch
    {
        1 => files[0],
        2 => $"{files[0]} and {files[1]}",
        _ => $"{Numbers.Count(files.Count, "file")}, {files[0]} to {files[^1]}",
    };

    private static string Weight(RowTable table) =>
        table.Rows.HasWeights ? $", of total weight {Numbers.Short(table.Rows.TotalWeight, 7)}" : "";

    /// <summary>Why a fit stopped, in a sentence.</summary>
    public static string Stop(FitFigures figures, TimeSpan time)
    {
        string spent = $"{Numbers.Count(figures.Iterations, "iteration")} ({Numbers.Time(time)})";
        string gain = double.IsFinite(figures.RemainingGain)
            ? $"; about {Numbers.Short(Math.Max(0, figures.RemainingGain), 1)} is left to gain"
            : "";
        return figures.StopReason switch
        {
            StopReason.Converged => $"Converged after {spent}{gain}.",
            StopReason.Stationary => $"Converged after {spent}: nothing changes any more.",
            StopReason.RoundingFloor => $"Not converged: after {spent} gains are smaller than rounding.",
            StopReason.IterationLimit => $"Not converged: stopped at the limit of {spent}{gain}.",
            StopReason.TimeLimit => $"Not converged: stopped by the time limit after {spent}{gain}.",
            StopReason.Cancelled => $"Cancelled after {spent}; this is the best so far{gain}.",
            _ => $"{figures.StopReason} after {spent}.",
        };
    }

    /// <summary>How the starts fared, in a sentence, where there were several.</summary>
    public static string? Starts(FitFigures figures)
    {
        int count = figures.Starts.Count;
        if (count < 2)
        {
            return null;
        }
        int finished = figures.Starts.Count(start => start.StopReason is not (StopReason.Dropped or StopReason.Failed or StopReason.TimeLimit or StopReason.Cancelled));
        if (finished == 0)
        {
            return $"{count} starts competed; none had come to its end.";
        }
        int agreed = (int)Math.Round(figures.Agreement * finished);
        if (finished == 1)
        {
            return $"{count} starts competed; the others were given up on the way to this solution.";
        }
        string who = agreed == finished ? $"all {finished}" : $"{agreed} of the {finished}";
        return $"{count} starts competed; {who} that ran to the end reached this solution.";
    }

    private static string? Trimmed(TrimmedRows trimmed)
    {
        const int most = 20;
        if (trimmed.Rows.IsEmpty)
        {
            return null;
        }
        string rest = trimmed.Rows.Length > most ? $", and {trimmed.Rows.Length - most} more" : "";
        return $"Left out, as the mixture explains them worst: {Numbers.Count(trimmed.Rows.Length, "row")}, {string.Join(", ", trimmed.Rows.Take(most).Select(row => row + 1))}{rest}. What follows is of the others.";
    }

    private static string? Annihilation(ModelFit fit)
    {
        if (fit.Figures.Annihilation is not { Count: > 0 } path)
        {
            return null;
        }
        AnnihilationStep best = path.MinBy(step => step.MessageLength);
        string others = string.Join(", ", path.Where(step => step != best).OrderBy(step => step.MessageLength).Take(2)
            .Select(step => $"{Numbers.Criterion(step.MessageLength)} with {step.Components}"));
        return $"Components that were not worth their parameters went: the shortest message, {Numbers.Criterion(best.MessageLength)} nats, has {Numbers.Count(best.Components, fit.Model.ComponentWord)}{(others.Length > 0 ? $" ({others})" : "")}.";
    }

    /// <summary>The name of a figure as it is read, from its name in JSON.</summary>
    private static string Word(string name) => name switch
    {
        "gSquared" => "G²",
        "chiSquare" or "chiSquared" => "χ²",
        "pValue" => "p-value",
        "degreesOfFreedom" => "degrees of freedom",
        "entropyRSquared" => "entropy R²",
        _ => name,
    };

    private static IEnumerable<string> Criteria(ModelFit fit)
    {
        FitFigures figures = fit.Figures;
        if (fit.Model.Figures is { Count: > 0 } own)
        {
            yield return string.Join("   ", own.Select(figure => $"{Word(figure.Key)} {(figure.Value == Math.Floor(figure.Value) && Math.Abs(figure.Value) < 1e9 ? Numbers.Count((long)figure.Value) : Numbers.Short(figure.Value, 7))}"));
        }
        if (figures.LogLikelihood is { } likelihood)
        {
            string parameters = figures.FreeParameters is { } count ? $" with {Numbers.Count(count, "free parameter")}" : "";
            yield return $"log-likelihood {Numbers.Criterion(likelihood)}{parameters}";
        }
        if (figures is { Aic: { } aic, Bic: { } bic })
        {
            string icl = figures.Icl is { } value ? $"   ICL {Numbers.Criterion(value)}" : "";
            yield return $"AIC {Numbers.Criterion(aic)}   BIC {Numbers.Criterion(bic)}{icl}   (lower is better)";
        }
    }
}
