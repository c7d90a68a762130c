using System.Text.Json;
using System.Text.Json.Serialization;
using Latent.Cli.Models;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Output;

/// <summary>What <c>fit --json</c> prints.</summary>
internal sealed record FitJson
{
    public required string Model { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    public required long Rows { get; init; }

    public required int Components { get; init; }

    public required ulong Seed { get; init; }

    public double? LogLikelihood { get; init; }

    public required double Objective { get; init; }

    public int? FreeParameters { get; init; }

    public double? Aic { get; init; }

    public double? Bic { get; init; }

    public double? Icl { get; init; }

    public required int Iterations { get; init; }

    public required int Evaluations { get; init; }

    public required string StopReason { get; init; }

    public required bool Converged { get; init; }

    public required StartJson[] Starts { get; init; }

    public required double Agreement { get; init; }

    public required IReadOnlyList<double> Trace { get; init; }

    public required TimingJson Timing { get; init; }

    /// <summary>Where the rows were.</summary>
    public StorageJson? Storage { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public AnnihilationStep[]? Annihilation { get; init; }

    /// <summary>Rows that were left out, from 1.</summary>
    public long[]? Trimmed { get; init; }

    public required JsonElement Parameters { get; init; }

    public StandardErrorsJson? StandardErrors { get; init; }

    /// <summary>What only this model has: its settings and figures.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Own { get; set; }

    /// <summary>The object for a fit.</summary>
    public static FitJson Of(ModelFit fit, ulong seed, TimingJson timing, TableStorage? storage = null) => new()
    {
        Model = fit.Model.Kind.Name,
        Columns = fit.Model.Columns,
        Rows = fit.Figures.Rows,
        Components = fit.Model.Components,
        Seed = seed,
        LogLikelihood = fit.Figures.LogLikelihood,
        Objective = fit.Figures.Objective,
        FreeParameters = fit.Figures.FreeParameters,
        Aic = fit.Figures.Aic,
        Bic = fit.Figures.Bic,
        Icl = fit.Figures.Icl,
        Iterations = fit.Figures.Iterations,
        Evaluations = fit.Figures.Evaluations,
        StopReason = fit.Figures.StopReason.ToString(),
        Converged = fit.Figures.Converged,
        Starts = [.. fit.Figures.Starts.Select(start => new StartJson(start.Seed, start.Objective, start.Iterations, start.StopReason.ToString(), start.Message, start.Initializer))],
        Agreement = fit.Figures.Agreement,
        Trace = fit.Figures.Trace,
        Timing = timing,
        Storage = storage is null ? null : StorageJson.Of(storage),
        Warnings = fit.Warnings,
        Annihilation = fit.Figures.Annihilation is { Count: > 0 } path ? [.. path] : null,
        Trimmed = fit.Figures.Trimmed.Rows.IsEmpty ? null : [.. fit.Figures.Trimmed.Rows.Select(row => row + 1)],
        Parameters = fit.Model.Parameters(),
        StandardErrors = fit.StandardErrors is { } errors ? StandardErrorsJson.Of(errors, fit.Model.IsEffect) : null,
        Own = OwnOf(fit.Model),
    };

    private static Dictionary<string, JsonElement> OwnOf(FittedModel model)
    {
        Dictionary<string, JsonElement> own = [];
        foreach ((string name, string value) in model.Settings)
        {
            own.Add(name, JsonSerializer.SerializeToElement(value, CliJson.Default.String));
        }
        foreach ((string name, double value) in model.Figures)
        {
            own.Add(name, JsonSerializer.SerializeToElement(value, CliJson.Default.Double));
        }
        return own;
    }
}

/// <summary>Standard errors of a fit.</summary>
internal sealed record StandardErrorsJson(string Method, double Confidence, double RelativeError, ParameterJson[] Parameters, string[] Undetermined)
{
    /// <summary>The object for a table of estimates.</summary>
    public static StandardErrorsJson Of(ParameterEstimates estimates, Func<string, bool> isEffect) => new(
        estimates.Method,
        estimates.Confidence,
        estimates.ErrorEstimate,
        [.. estimates.Parameters.Select(found => new ParameterJson(found.Name, found.Value, found.StandardError, found.Lower, found.Upper, found.MissingInformation, found.Note)
        {
            PValue = isEffect(found.Name) ? found.PValue : null,
        })],
        [.. estimates.Undetermined.Select(direction => direction.ToString())]);

    /// <summary>The object of a saved model, or null where its fit made none.</summary>
    /// <exception cref="DataFormatException">It is damaged.</exception>
    public static StandardErrorsJson? Of(ModelFile file)
    {
        if (file.StandardErrors is not { } saved)
        {
            return null;
        }
        try
        {
            return new StandardErrorsJson(
                saved.GetProperty("method").GetString()!,
                Number(saved, "confidence"),
                Number(saved, "relativeError"),
                [.. saved.GetProperty("parameters").EnumerateArray().Select(ParameterJson.Of)],
                []);
        }
        catch (Exception cause) when (cause is KeyNotFoundException or InvalidOperationException)
        {
            throw file.Invalid("\"standardErrors\" as a fit writes them", "others", cause);
        }
    }

    /// <summary>A number by its name; NaN where there is none, which JSON has no number for.</summary>
    internal static double Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}

/// <summary>One parameter with its standard error; null where it has none.</summary>
internal sealed record ParameterJson(string Name, double Estimate, double StandardError, double Lower, double Upper, double MissingInformation, string? Note)
{
    /// <summary>Of the test that it is 0, where it is an effect.</summary>
    public double? PValue { get; init; }

    /// <summary>The parameter of a saved model.</summary>
    public static ParameterJson Of(JsonElement saved)
    {
        double Number(string name) => StandardErrorsJson.Number(saved, name);
        return new ParameterJson(
            saved.GetProperty("name").GetString()!, Number("estimate"), Number("standardError"), Number("lower"), Number("upper"), Number("missingInformation"),
            saved.TryGetProperty("note", out JsonElement note) ? note.GetString() : null)
        {
            PValue = Number("pValue") is var p && double.IsFinite(p) ? p : null,
        };
    }
}

/// <summary>One start of a fit.</summary>
internal sealed record StartJson(ulong Seed, double Objective, int Iterations, string StopReason, string? Message, string? Initializer);

/// <summary>Where the rows were: Memory, MappedFiles, TemporaryFile or Cache; their bytes, and the most that could be in memory.</summary>
internal sealed record StorageJson(string Place, long Bytes, long Memory, string? Path)
{
    /// <summary>The object for a table.</summary>
    public static StorageJson Of(TableStorage storage) => new(storage.Place.ToString(), storage.Bytes, storage.Memory, storage.Path);
}

/// <summary>Where the time went.</summary>
internal sealed record TimingJson(double LoadSeconds, double FitSeconds);

/// <summary>What <c>predict --json</c> prints.</summary>
internal sealed record PredictJson(
    string Model, long Rows, IReadOnlyList<string>? Ids, IReadOnlyList<int>? Labels, IReadOnlyList<string> ValueNames, double[][] Values)
{
    /// <summary>The names of the first components, where labels gave them some.</summary>
    public IReadOnlyList<string>? LabelNames { get; init; }
}

/// <summary>What <c>score --json</c> prints, besides the total under its own name.</summary>
internal sealed record ScoreJson(string Model, long Rows, double Weight, double Mean, IReadOnlyList<string>? Ids, double[] PerRow)
{
    /// <summary>How unlike everything that the model knows each row is, by name, where that was asked for.</summary>
    public Dictionary<string, double[]>? Outliers { get; init; }

    /// <summary>The total, under the name of what is scored.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Total { get; set; }
}

/// <summary>What <c>sample --json</c> prints.</summary>
internal sealed record SampleJson(string Model, ulong Seed, IReadOnlyList<string> Columns, double[][] Rows, int[] Labels);

/// <summary>What <c>maximize --json</c> prints; the objective is that of the model before the step (the log-likelihood; of k-means minus the inertia).</summary>
internal sealed record MaximizeJson(string Model, long Rows, double Objective, string? Output);

/// <summary>One model of <c>models --json</c>.</summary>
internal sealed record ModelJson(string Name, string Title, string Summary, bool Missing, bool Weights, bool Sequences, string Maturity, OptionJson[] Options);

/// <summary>One option of a model.</summary>
internal sealed record OptionJson(string Name, string? Value, string? Description);

/// <summary>What <c>models --json</c> prints.</summary>
internal sealed record ModelsJson(ModelJson[] Models);

/// <summary>Writers of the command's JSON, generated when it is compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(FiniteDoubleConverter)])]
[JsonSerializable(typeof(FitJson))]
[JsonSerializable(typeof(PredictJson))]
[JsonSerializable(typeof(ScoreJson))]
[JsonSerializable(typeof(SampleJson))]
[JsonSerializable(typeof(ModelsJson))]
[JsonSerializable(typeof(MaximizeJson))]
[JsonSerializable(typeof(StandardErrorsJson))]
internal sealed partial class CliJson : JsonSerializerContext;
