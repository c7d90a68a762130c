using System.Text.Json;
using System.Text.Json.Nodes;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.IO;

/// <summary>Between mixtures of any family and saved models.</summary>
/// <remarks>
/// Where all columns have one family, each parameter is a property: <c>"rate"[component][column]</c>, <c>"probabilities"[component][item][category]</c>; of a family that takes all columns
/// as one block, <c>"mean"[component]</c>. Of a mixed model, <c>"components"[component][block]</c> holds an object each.
/// </remarks>
public static class FamilyMixtureFile
{
    /// <summary>The name of mixtures of any family in files.</summary>
    public const string ModelName = "mixture";

    /// <summary>The name of latent classes in files.</summary>
    public const string LatentClassName = "lca";

    /// <summary>The setting that names the family, or "mixed".</summary>
    public const string FamilySetting = "family";

    /// <summary>The setting with the family of each block of columns.</summary>
    public const string TypesSetting = "types";

    /// <summary>The setting with what is held, bounded or shared in the components; it is not there where nothing is.</summary>
    public const string ConstraintsSetting = "constraints";

    /// <summary>What <see cref="FamilySetting"/> says where columns have different families.</summary>
    public const string Mixed = "mixed";

    private const string Levels = "levels";
    private const string Components = "components";

    /// <summary>The parameters as JSON.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="choices">The family of each block of columns.</param>
    /// <param name="schema">The columns, with the levels of categorical ones.</param>
    public static JsonElement ParametersOf(FittedMixture<Product> mixture, IReadOnlyList<FamilyChoice> choices, Schema schema)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        ArgumentNullException.ThrowIfNull(choices);
        ArgumentNullException.ThrowIfNull(schema);
        ProductFamily family = (ProductFamily)mixture.Model.Family;
        JsonObject parameters = new() { ["weights"] = Vector([.. mixture.Weights]) };
        JsonObject[][] blocks = [.. mixture.Components.Select(component => component.Parts.Select((part, index) => Block(family.Parts[index], part)).ToArray())];
        if (IsUniform(choices))
        {
            foreach (string name in blocks[0][0].Select(property => property.Key))
            {
                parameters[name] = new JsonArray([.. blocks.Select(component => choices.Count == 1 && FamilyCatalog.IsJoint(choices[0].Name)
                    ? component[0][name]!.DeepClone()
                    : new JsonArray([.. component.Select(block => block[name]!.DeepClone())]))]);
            }
        }
        else
        {
            parameters[Components] = new JsonArray([.. blocks.Select(component => (JsonNode)new JsonArray([.. component.Select(block => (JsonNode)block)]))]);
        }
        if (schema.HasCategories)
        {
            parameters[Levels] = new JsonArray([.. schema.Select(column => column.Kind == ColumnKind.Categorical
                ? (JsonNode)new JsonArray([.. column.Levels.Select(level => (JsonNode)JsonValue.Create(level))])
                : null)]);
        }
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.JsonObject);
    }

    /// <summary>The mixture of a saved model, which computes bit for bit what the saved one did, with its families and columns.</summary>
    /// <exception cref="DataFormatException">The parameters are damaged, or of another model.</exception>
    public static (FittedMixture<Product> Mixture, IReadOnlyList<FamilyChoice> Choices, Schema Schema) ToFamilyMixture(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            JsonObject parameters = JsonObject.Create(file.Parameters) ?? throw new FormatException("no object");
            Schema schema = SchemaOf(file, parameters);
            FamilyChoice[] choices = [.. (file.Settings.GetValueOrDefault(TypesSetting) ?? throw new FormatException($"no setting \"{TypesSetting}\"")).Split(',').Select(FamilyChoice.Parse)];
            ProductFamily family = FamilyCatalog.Create(choices, schema, constraints: FamilyConstraint.ParseAll(file.Settings.GetValueOrDefault(ConstraintsSetting)));
            double[] weights = Numbers(parameters["weights"]);
            Product[] components = new Product[weights.Length];
            for (int k = 0; k < components.Length; k++)
            {
                components[k] = family.Join([.. choices.Select((choice, index) => family.Parts[index].Create(Values(choice, family.Parts[index], BlockOf(parameters, choices, k, index))))]);
            }
            MixtureModel<Product> model = new(family, components.Length, schema.Count) { ColumnNames = schema.Names, EqualWeights = file.HasEqualWeights() };
            return (new FittedMixture<Product>(model, new Mixture<Product>(weights, components), schema.Names), choices, schema);
        }
        catch (Exception cause) when (cause is ArgumentException or FormatException or InvalidOperationException or NullReferenceException or NumericalException or InvalidCastException)
        {
            throw file.Invalid("parameters of a mixture", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }

    private static bool IsUniform(IReadOnlyList<FamilyChoice> choices) => choices.All(choice => choice.Name == choices[0].Name) && (choices.Count == 1 || !FamilyCatalog.IsJoint(choices[0].Name));

    private static JsonObject Block(ProductPart part, object distribution)
    {
        switch (distribution)
        {
            case Categorical categorical:
                return new() { ["probabilities"] = Vector(categorical.Probabilities) };
            case Multinomial multinomial:
                return new() { ["probabilities"] = Vector(multinomial.Probabilities) };
            case VonMisesFisher fisher:
                return new() { ["direction"] = Vector(fisher.Direction), ["concentration"] = fisher.Concentration, ["vector"] = Vector(fisher.Parameters) };
            case Gaussian gaussian:
                int d = gaussian.Dimension;
                return new()
                {
                    ["mean"] = Vector(gaussian.Mean),
                    ["covariance"] = new JsonArray([.. Enumerable.Range(0, d).Select(row => (JsonNode)Vector(gaussian.Covariance.Matrix.Slice(row * d, d)))]),
                };
            default:
                JsonObject block = [];
                double[] values = ((Distribution)distribution).Parameters.ToArray();
                foreach ((string name, double value) in part.ParameterNames.Zip(values))
                {
                    block[name] = value;
                }
                return block;
        }
    }

    private static double[] Values(FamilyChoice choice, ProductPart part, JsonObject block) => choice.Name switch
    {
        "categorical" or "multinomial" => Numbers(block["probabilities"]),
        "von-mises-fisher" => Numbers(block["vector"]),
        "gaussian" => [.. Numbers(block["mean"]), .. block["covariance"]!.AsArray().SelectMany(Numbers)],
        _ => [.. part.ParameterNames.Select(name => block[name]!.GetValue<double>())],
    };

    private static JsonObject BlockOf(JsonObject parameters, FamilyChoice[] choices, int k, int index)
    {
        if (!IsUniform(choices))
        {
            return parameters[Components]![k]![index]!.AsObject();
        }
        bool joint = choices.Length == 1 && FamilyCatalog.IsJoint(choices[0].Name);
        JsonObject block = [];
        foreach ((string name, JsonNode? value) in parameters)
        {
            if (name is not ("weights" or Levels))
            {
                block[name] = (joint ? value![k] : value![k]![index])?.DeepClone();
            }
        }
        return block;
    }

    private static Schema SchemaOf(ModelFile file, JsonObject parameters)
    {
        JsonArray? levels = parameters[Levels]?.AsArray();
        return new Schema(file.Columns.Select((name, column) => levels?[column] is JsonArray own
            ? Column.Categorical(name, own.Select(level => level!.GetValue<string>()))
            : Column.Numeric(name)));
    }

    private static JsonArray Vector(ReadOnlySpan<double> values) => new([.. values.ToArray().Select(value => (JsonNode)JsonValue.Create(value))]);

    private static double[] Numbers(JsonNode? node) => [.. node!.AsArray().Select(value => value!.GetValue<double>())];
}
