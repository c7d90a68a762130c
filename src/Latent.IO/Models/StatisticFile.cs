using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Latent.IO;

/// <summary>
/// The E-step of a model on part of some data, as a file: the model, and sums from which its M-step is made. It holds no row, and can be merged with others by any
/// program that adds.
/// </summary>
/// <remarks>
/// <code>{ "format": "latent-statistic", "schemaVersion": 1, "model": {...}, "rows": n, "parts": 4, "present": [1], "statistics": { "expected": { "chunks": c, "length": m, "nodes": { "1": [...] } } } }</code>
/// Each node holds m sums and, last, the log-likelihood of its rows.
/// </remarks>
public sealed record StatisticFile
{
    /// <summary>What every such file calls its format.</summary>
    public const string FormatName = "latent-statistic";

    private const int CurrentVersion = 1;

    /// <summary>The model under which the statistics were accumulated.</summary>
    public required ModelFile Model { get; init; }

    /// <summary>The rows of the whole data.</summary>
    public required long Rows { get; init; }

    /// <summary>The statistics, by name; what the M-step needs is the model's own affair.</summary>
    public required IReadOnlyDictionary<string, PartialStatistic> Statistics { get; init; }

    /// <summary>The statistic that the log-likelihood belongs to.</summary>
    /// <exception cref="DataFormatException">There is none.</exception>
    public PartialStatistic Expected => Statistics.GetValueOrDefault("expected")
        ?? throw new DataFormatException(Path, "a statistic called \"expected\"", string.Join(", ", Statistics.Keys), "accumulate it again");

    /// <summary>The file it was read from, for messages.</summary>
    public string Path { get; init; } = "statistic";

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataFormatException">It cannot be read, is damaged, or of another kind.</exception>
    public static StatisticFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] bytes = InputFile.Guard(path, () => File.Exists(path)
            ? File.ReadAllBytes(path)
            : throw new DataFormatException(path, "a statistic", "no file of that name", "check the path"));
        try
        {
            StatisticContent? content = JsonSerializer.Deserialize(bytes, StatisticJson.Default.StatisticContent);
            if (content is not { Format: FormatName, SchemaVersion: CurrentVersion, Model: { } model, Statistics: { Count: > 0 } statistics, Present: { } present })
            {
                throw new DataFormatException(path, $"a statistic (\"format\": \"{FormatName}\", version {CurrentVersion})", $"the format '{content?.Format}', version {content?.SchemaVersion}", "give the file that 'latent accumulate' has written");
            }
            return new StatisticFile
            {
                Path = path,
                Model = ModelFile.Of(path, model),
                Rows = content.Rows,
                Statistics = statistics.ToDictionary(
                    entry => entry.Key,
                    entry => new PartialStatistic(entry.Value.Chunks, entry.Value.Length, content.Parts, present, (entry.Value.Nodes ?? []).Select(node => new KeyValuePair<int, double[]>(int.Parse(node.Key, CultureInfo.InvariantCulture), node.Value)))),
            };
        }
        catch (Exception cause) when (cause is JsonException or ArgumentException or FormatException)
        {
            throw new DataFormatException(path, "a whole statistic in JSON", $"an error ({cause.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "accumulate it again, or copy it again", cause: cause);
        }
    }

    /// <summary>Puts files together: parts of one data set, or the wholes of several.</summary>
    /// <exception cref="DataFormatException">They are of different models, or their parts do not fit together.</exception>
    public static StatisticFile Merge(IReadOnlyList<StatisticFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfZero(files.Count);
        StatisticFile first = files[0];
        foreach (StatisticFile other in files)
        {
            if (!other.Model.IsSameAs(first.Model) || !other.Statistics.Keys.ToHashSet().SetEquals(first.Statistics.Keys))
            {
                throw new DataFormatException(other.Path, $"a statistic under the same model as {first.Path}", "one under another", "accumulate all parts under one model.json");
            }
        }
        bool wholes = files.All(file => file.Expected.IsComplete);
        if (!wholes && files.FirstOrDefault(file => file.Rows != first.Rows) is { } odd)
        {
            throw new DataFormatException(odd.Path, $"a part of the {first.Rows} rows of {first.Path}", $"one of {odd.Rows} rows", "merge data sets when each is complete");
        }
        try
        {
            return first with
            {
                Path = "merged",
                Rows = wholes ? files.Sum(file => file.Rows) : first.Rows,
                Statistics = first.Statistics.Keys.ToDictionary(name => name, name => PartialStatistic.Merge([.. files.Select(file => file.Statistics[name])])),
            };
        }
        catch (ArgumentException cause)
        {
            int parameter = cause.Message.IndexOf(" (Parameter", StringComparison.Ordinal);
            string message = parameter < 0 ? cause.Message : cause.Message[..parameter];
            throw new DataFormatException(string.Join(", ", files.Select(file => file.Path)), "statistics that fit together", $"others ({message.TrimEnd('.')})", "accumulate the parts again, each once", cause: cause);
        }
    }

    /// <summary>Writes the file, as a whole or not at all.</summary>
    /// <exception cref="UnwritableException">It cannot be written; one that was there is unchanged.</exception>
    public void Write(string path) => AtomicFile.Write(path, WriteTo);

    /// <summary>Writes the content as JSON.</summary>
    public void WriteTo(Stream stream)
    {
        StatisticContent content = new()
        {
            Format = FormatName,
            SchemaVersion = CurrentVersion,
            Model = Model.ToContent(),
            Rows = Rows,
            Parts = Expected.Parts,
            Present = [.. Expected.Present],
            Statistics = Statistics.ToDictionary(
                entry => entry.Key,
                entry => new StatisticNodes(entry.Value.Chunks, entry.Value.Length, entry.Value.Nodes.ToDictionary(node => node.Key.ToString(CultureInfo.InvariantCulture), node => node.Value))),
        };
        JsonLines.Write(stream, JsonSerializer.SerializeToElement(content, StatisticJson.Default.StatisticContent));
    }
}

/// <summary>The file as it is in JSON.</summary>
internal sealed class StatisticContent
{
    public string? Format { get; set; }

    public int SchemaVersion { get; set; }

    public ModelFileContent? Model { get; set; }

    public long Rows { get; set; }

    public int Parts { get; set; }

    public int[]? Present { get; set; }

    public Dictionary<string, StatisticNodes>? Statistics { get; set; }
}

/// <summary>Subtrees of one statistic, by number.</summary>
internal sealed record StatisticNodes(int Chunks, int Length, Dictionary<string, double[]>? Nodes);

/// <summary>Readers and writers of that, generated when it is compiled.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(FiniteDoubleConverter)])]
[JsonSerializable(typeof(StatisticContent))]
internal sealed partial class StatisticJson : JsonSerializerContext;
