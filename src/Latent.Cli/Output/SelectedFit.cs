using System.Globalization;
using System.Text.Json.Serialization;
using Latent.Cli.Models;
using Latent.IO;

namespace Latent.Cli.Output;

/// <summary>The fit with one number of components, of one family.</summary>
/// <param name="Family">The family, or what else a model has besides a number of components; null where there is no choice.</param>
/// <param name="Count">The number of components, classes or states.</param>
/// <param name="Fit">The fit, or null where there is none.</param>
/// <param name="Value">The criterion; infinite without a fit.</param>
/// <param name="Message">Why there is no fit.</param>
internal sealed record SelectedFit(string? Family, int Count, ModelFit? Fit, double Value, string? Message)
{
    /// <summary>Whether a bound holds a component, so that the fit is the best only where there are no others.</summary>
    public bool IsOnBound { get; init; }

    /// <summary>The p-value of the test against the next number; null where none was made.</summary>
    public double? PValue { get; init; }

    /// <summary>Prints the table of a selection.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<SelectedFit> cells, SelectedFit best, string criterion, TimeSpan time)
    {
        bool families = cells.Any(cell => cell.Family is not null);
        bool tests = criterion == "BLRT";
        string heading = tests ? "p-value of more" : criterion;
        string family = best.Fit!.Model.Kind.FamilyWord;
        TextTable table = new([.. families ? [$"<{family}"] : Array.Empty<string>(), "k", "log-likelihood", "parameters", heading + "  "]);
        foreach (SelectedFit cell in cells)
        {
            table.Add(
            [
                .. families ? [cell.Family ?? ""] : Array.Empty<string>(),
                Numbers.Count(cell.Count),
                cell.Fit is { Figures.LogLikelihood: { } likelihood } ? Numbers.Criterion(likelihood) : "-",
                cell.Fit is { Figures.FreeParameters: { } parameters } ? Numbers.Count(parameters) : "-",
                cell.Fit is null ? "- x" : $"{(tests ? cell.PValue is { } p ? p.ToString("0.000", CultureInfo.InvariantCulture) : "-" : Numbers.Criterion(cell.Value))}{(ReferenceEquals(cell, best) ? " *" : "  ")}",
            ]);
        }
        TextReport report = new(terminal);
        string by = $"{(families ? $"{family} and " : "")}{Numbers.Plural(best.Fit.Model.ComponentWord)}";
        report.Write(Section.Of(tests ? $"Bootstrap likelihood-ratio tests by {by}" : $"{criterion} by {by} (lower is better)", table));
        report.Line(tests ? "*  the first that more do not improve significantly" : "*  the best");
        if (cells.FirstOrDefault(cell => cell.Message is not null) is { } failed)
        {
            report.Line($"x  could not be fitted; the first: {failed.Message}");
        }
        report.Line($"{Numbers.Count(cells.Count, "fit")} in {Numbers.Time(time)}.");
        report.Line();
    }
}

/// <summary>What <c>select --json</c> prints: every number of components, and the best fit as <c>fit --json</c> would print it.</summary>
internal sealed record SelectFitsJson(
    string Model, long Rows, ulong Seed, string Criterion, SelectFitsCellJson[] Cells, FitJson Best, TimingJson Timing, IReadOnlyList<string> Warnings)
{
    /// <summary>The object for a selection.</summary>
    public static SelectFitsJson Of(IReadOnlyList<SelectedFit> cells, SelectedFit best, string criterion, ulong seed, TimingJson timing) => new(
        best.Fit!.Model.Kind.Name,
        best.Fit.Figures.Rows,
        seed,
        criterion,
        [.. cells.Select(cell => new SelectFitsCellJson(
            cell.Family, cell.Count, ReferenceEquals(cell, best), cell.Fit?.Figures.LogLikelihood, cell.Fit?.Figures.FreeParameters, cell.Fit?.Figures.Aic, cell.Fit?.Figures.Bic, cell.Fit?.Figures.Icl, cell.PValue,
            cell.Fit?.Figures.Converged, cell.Message))],
        FitJson.Of(best.Fit, seed, timing),
        timing,
        best.Fit.Warnings);
}

/// <summary>One number of components. Figures are absent where there is no fit.</summary>
internal sealed record SelectFitsCellJson(
    string? Family, int Components, bool Best, double? LogLikelihood, int? FreeParameters, double? Aic, double? Bic, double? Icl, double? PValue, bool? Converged, string? Message);

/// <summary>Writer of this selection's JSON, generated when it is compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(FiniteDoubleConverter)])]
[JsonSerializable(typeof(SelectFitsJson))]
internal sealed partial class SelectFitsCliJson : JsonSerializerContext;
