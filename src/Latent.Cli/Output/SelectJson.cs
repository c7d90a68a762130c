using System.Text.Json.Serialization;
using Latent.Cli.Models;
using Latent.IO;
using Latent.Selection;

namespace Latent.Cli.Output;

/// <summary>What <c>select --json</c> prints: every cell, and the best fit as <c>fit --json</c> would print it.</summary>
internal sealed record SelectJson(
    string Model, long Rows, ulong Seed, string Criterion, SelectCellJson[] Cells, FitJson Best, TimingJson Timing, IReadOnlyList<string> Warnings)
{
    /// <summary>The object for a selection.</summary>
    public static SelectJson Of(SelectionTable cells, ModelFit best, ulong seed, TimingJson timing) => new(
        best.Model.Kind.Name,
        best.Figures.Rows,
        seed,
        cells.Criterion.ToString(),
        [.. cells.Select(cell => SelectCellJson.Of(cell, ReferenceEquals(cell, cells.Best)))],
        FitJson.Of(best, seed, timing),
        timing,
        best.Warnings);
}

/// <summary>One cell of the table. Figures are absent where there is no fit.</summary>
internal sealed record SelectCellJson
{
    public required string Covariance { get; init; }

    public required int Components { get; init; }

    public required bool Best { get; init; }

    public required string Status { get; init; }

    public string? Message { get; init; }

    public required string Origin { get; init; }

    public double? LogLikelihood { get; init; }

    public int? FreeParameters { get; init; }

    public double? Aic { get; init; }

    public double? Aicc { get; init; }

    public double? Bic { get; init; }

    public double? Icl { get; init; }

    public double? CrossValidated { get; init; }

    public TestJson? Test { get; init; }

    public string? StopReason { get; init; }

    public bool? Converged { get; init; }

    public int? Iterations { get; init; }

    public required int Finished { get; init; }

    public required int Agreed { get; init; }

    public required string[] Degeneracies { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The object for a cell.</summary>
    public static SelectCellJson Of(SelectionCell cell, bool best) => new()
    {
        Covariance = GaussianMixtureFile.NameOf(cell.Structure),
        Components = cell.Components,
        Best = best,
        Status = cell.Status.ToString(),
        Message = cell.Message,
        Origin = cell.Origin.ToString(),
        LogLikelihood = cell.Fit?.LogLikelihood,
        FreeParameters = cell.Fit?.FreeParameters,
        Aic = cell.Fit?.Aic,
        Aicc = Finite(cell.Value(SelectionCriterion.Aicc)),
        Bic = cell.Fit?.Bic,
        Icl = cell.Fit?.Icl,
        CrossValidated = Finite(cell.CrossValidated),
        Test = cell.Test is { } test ? new TestJson(test.Larger, test.Statistic, Finite(test.PValue), test.Replicates, test.Exceedances, test.Failed, cell.IsTestChoice) : null,
        StopReason = cell.Fit?.Result.StopReason.ToString(),
        Converged = cell.Fit?.Converged,
        Iterations = cell.Fit?.Result.Iterations,
        Finished = cell.Finished,
        Agreed = cell.Agreed,
        Degeneracies = [.. (cell.Fit?.Result.Degeneracies ?? []).Select(found => found.Message).Distinct()],
        Seconds = cell.Elapsed.TotalSeconds,
    };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>A bootstrap likelihood-ratio test of a cell against one with more components.</summary>
internal sealed record TestJson(int Against, double Statistic, double? PValue, int Replicates, int Exceedances, int Failed, bool Accepted);

/// <summary>Writer of the selection's JSON, generated when it is compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(FiniteDoubleConverter)])]
[JsonSerializable(typeof(SelectJson))]
internal sealed partial class SelectCliJson : JsonSerializerContext;
