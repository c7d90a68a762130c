using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Latent.IO;

/// <summary>
/// A saved model: JSON with a versioned schema. The parameters are numbers in shortest round-trip form, so that a model read
/// back computes bit for bit what the saved one did.
/// </summary>
/// <remarks>
/// <code>{ "format": "latent-model", "schemaVersion": 1, "model": "gmm", "columns": [...], "seed": 1, "settings": {...}, "parameters": {...}, "fit": {...}, "standardErrors": {...} }</code>
/// Readers ignore properties that they do not know; a change that old readers would misunderstand raises the version.
/// </remarks>
public sealed record ModelFile
{
    /// <summary>What every saved model calls its format.</summary>
    public const string FormatName = "latent-model";

    /// <summary>The newest version of the schema that can be read, and the one that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The model's short name, such as "gmm".</summary>
    public required string Model { get; init; }

    /// <summary>The columns that the model reads, in order.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The seed of the fit, if there was one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Structure and other choices, by name, such as "covariance": "full".</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The parameters; their shape depends on <see cref="Model"/>.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>How the fit went, if the model was fitted.</summary>
    public ModelFileFit? Fit { get; init; }

    /// <summary>The table of standard errors, if the fit made one: as <c>fit --json</c> prints it.</summary>
    public JsonElement? StandardErrors { get; init; }

    /// <summary>The file that the model was read from, for messages; not part of the content.</summary>
    public string Path { get; init; } = "model.json";

    /// <summary>Reads a saved model.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, is no saved model, or one of a newer version.</exception>
    public static ModelFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] content = InputFile.Guard(path, () => Content(path));
        return Of(path, Deserialize(path, content));
    }

    /// <summary>The model of a content that was found in a file.</summary>
    internal static ModelFile Of(string path, ModelFileContent model)
    {
        if (model.Format != FormatName)
        {
            throw new DataFormatException(path, $"a saved model (\"format\": \"{FormatName}\")", model.Format is null ? "JSON of another kind" : $"the format '{model.Format}'", "give the file that -o has written");
        }
        if (model.SchemaVersion is < 1 or > CurrentVersion)
        {
            throw new DataFormatException(path, $"a schema version from 1 to {CurrentVersion}", $"version {model.SchemaVersion}", "read it with a newer version of this program, or fit again");
        }
        return new ModelFile
        {
            Model = model.Model is { Length: > 0 } name ? name : throw Lacks(path, "model"),
            Columns = CheckedColumns(path, model.Columns),
            Seed = model.Seed,
            Settings = model.Settings ?? [],
            Parameters = model.Parameters is { ValueKind: JsonValueKind.Object } parameters ? parameters : throw Lacks(path, "parameters"),
            Fit = model.Fit,
            StandardErrors = model.StandardErrors is { ValueKind: JsonValueKind.Object } errors ? errors : null,
            Path = path,
        };
    }

    /// <summary>Writes the model; the file is replaced as a whole or not at all.</summary>
    /// <exception cref="UnwritableException">The file cannot be written; one that was there is unchanged.</exception>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, WriteTo);
    }

    /// <summary>Writes the model as UTF-8 JSON: one property a line, so that a person finds the way.</summary>
    public void WriteTo(Stream stream)
    {
        JsonLines.Write(stream, JsonSerializer.SerializeToElement(ToContent(), ModelFileJson.Default.ModelFileContent));
    }

    /// <summary>What is written.</summary>
    internal ModelFileContent ToContent() => new()
    {
        Format = FormatName,
        SchemaVersion = CurrentVersion,
        Model = Model,
        Columns = [.. Columns],
        Seed = Seed,
        Settings = new Dictionary<string, string>(Settings),
        Parameters = Parameters,
        Fit = Fit,
        StandardErrors = StandardErrors,
    };

    /// <summary>Whether another file holds the same model with the same parameters, to the last bit.</summary>
    internal bool IsSameAs(ModelFile other) =>
        Model == other.Model && Columns.SequenceEqual(other.Columns, StringComparer.Ordinal) && JsonElement.DeepEquals(Parameters, other.Parameters)
        && Settings.Count == other.Settings.Count && Settings.All(setting => other.Settings.GetValueOrDefault(setting.Key) == setting.Value);

    /// <summary>The parameters as the type of one model.</summary>
    /// <exception cref="DataFormatException">They have another shape.</exception>
    public T ParametersAs<T>(JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        try
        {
            return Parameters.Deserialize(type) ?? throw Lacks(Path, "parameters");
        }
        catch (JsonException cause)
        {
            throw Invalid($"parameters of a {Model} model", Reason(cause), cause);
        }
    }

    /// <summary>An error when the file holds another model.</summary>
    internal void Require(string model)
    {
        if (Model != model)
        {
            throw new DataFormatException(Path, $"a saved {model} model", $"a {Model} model", "give a file of the right kind");
        }
    }

    /// <summary>Rows of <paramref name="columns"/> values each, one after the other.</summary>
    internal double[] Flatten(double[][]? rows, string name, int columns)
    {
        if (rows is not { Length: > 0 })
        {
            throw Invalid($"\"{name}\"", "none");
        }
        double[] values = new double[rows.Length * columns];
        for (int row = 0; row < rows.Length; row++)
        {
            if (rows[row]?.Length != columns)
            {
                throw Invalid($"{columns} values in every row of \"{name}\"", $"{rows[row]?.Length ?? 0}");
            }
            rows[row].CopyTo(values, row * columns);
        }
        return values;
    }

    /// <summary>An error of this file's content.</summary>
    public DataFormatException Invalid(string expected, string found, Exception? cause = null) =>
        new(Path, expected, found, "fit the model again, or restore the file", cause: cause);

    private static byte[] Content(string path)
    {
        if (Directory.Exists(path))
        {
            throw new DataFormatException(path, "a saved model", "a directory", "name the file in it");
        }
        if (!File.Exists(path))
        {
            throw new DataFormatException(path, "a saved model", "no file of that name", "check the path");
        }
        return File.ReadAllBytes(path);
    }

    private static ModelFileContent Deserialize(string path, byte[] content)
    {
        if (content.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            throw new DataFormatException(path, "a saved model", "an empty file", "give the file that -o has written");
        }
        try
        {
            return JsonSerializer.Deserialize(content, ModelFileJson.Default.ModelFileContent) ?? throw new JsonException("null");
        }
        catch (JsonException cause)
        {
            throw new DataFormatException(path, "a saved model in JSON", Reason(cause), "check that the file is complete", cause.LineNumber + 1, cause: cause);
        }
    }

    private static string[] CheckedColumns(string path, string[]? columns)
    {
        if (columns is not { Length: > 0 } || Array.Exists(columns, string.IsNullOrWhiteSpace) || columns.Distinct(StringComparer.Ordinal).Count() != columns.Length)
        {
            throw new DataFormatException(path, "distinct names in \"columns\"", columns is null ? "none" : $"'{string.Join(", ", columns)}'", "fit the model again");
        }
        return columns;
    }

    private static DataFormatException Lacks(string path, string property) =>
        new(path, $"a saved model with \"{property}\"", "none", "fit the model again, or restore the file");

    private static string Reason(JsonException cause)
    {
        int end = cause.Message.IndexOf(". ", StringComparison.Ordinal);
        return cause.Path is { Length: > 1 } place
            ? $"something else at {place}"
            : $"text that is not ({(end < 0 ? cause.Message : cause.Message[..end])})";
    }
}
