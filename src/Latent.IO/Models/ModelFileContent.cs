using System.Text.Json;
using System.Text.Json.Serialization;

namespace Latent.IO;

/// <summary>The properties of the file, before they are checked.</summary>
internal sealed class ModelFileContent
{
    public string? Format { get; set; }

    public int SchemaVersion { get; set; }

    public string? Model { get; set; }

    public string[]? Columns { get; set; }

    public ulong? Seed { get; set; }

    public Dictionary<string, string>? Settings { get; set; }

    public JsonElement? Parameters { get; set; }

    public ModelFileFit? Fit { get; set; }

    public JsonElement? StandardErrors { get; set; }
}

/// <summary>Readers and writers of saved models, generated when this assembly is compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(FiniteDoubleConverter)])]
[JsonSerializable(typeof(ModelFileContent))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
[JsonSerializable(typeof(GaussianMixtureParameters))]
[JsonSerializable(typeof(KMeansParameters))]
[JsonSerializable(typeof(StudentMixtureParameters))]
[JsonSerializable(typeof(RegressionParameters))]
[JsonSerializable(typeof(TurnbullParameters))]
[JsonSerializable(typeof(MultivariateNormalParameters))]
[JsonSerializable(typeof(FactorFileParameters))]
[JsonSerializable(typeof(FactorMixtureParameters))]
[JsonSerializable(typeof(TopicModelParameters))]
internal sealed partial class ModelFileJson : JsonSerializerContext;
