using System.Text.Json;
using System.Text.Json.Nodes;
using Latent.Data;
using Latent.Mixtures;
using Latent.Regression;

namespace Latent.IO;

/// <summary>Between latent classes with covariates and saved models: an <c>lca</c> with a formula of covariates in its settings. Its columns are the items, then what the formula reads.</summary>
public static class LatentClassRegressionFile
{
    /// <summary>The setting that holds the formula.</summary>
    public const string CovariatesSetting = "covariates";

    private const string Levels = "levels";

    /// <summary>The parameters as JSON: mean class sizes as "weights", "terms", "coefficients"[class][term] (log-odds against the first class), "probabilities"[class][item][category], and the "levels" of columns.</summary>
    /// <param name="model">The classes.</param>
    /// <param name="sizes">The mean of the posteriors over the rows of the fit.</param>
    /// <param name="items">The items with their levels.</param>
    /// <param name="design">The covariates.</param>
    public static JsonElement ParametersOf(LatentClassRegression model, IReadOnlyList<double> sizes, Schema items, CovariateDesign design)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sizes);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(design);
        JsonObject parameters = new()
        {
            ["weights"] = Array(sizes, size => JsonValue.Create(size)),
            ["terms"] = Array(design.TermNames.Prepend("(intercept)"), name => JsonValue.Create(name)),
            ["coefficients"] = Array(model.Coefficients, own => Array(own, value => JsonValue.Create(value))),
            ["probabilities"] = Array(model.Probabilities, own => Array(own, item => Array(item, value => JsonValue.Create(value)))),
            [Levels] = Array(items.Concat(design.Variables), column => column.Kind == ColumnKind.Categorical ? Array(column.Levels, level => JsonValue.Create(level)) : null),
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.JsonObject);
    }

    /// <summary>The classes of a saved model, which compute bit for bit what the saved ones did, with mean sizes, items and covariates.</summary>
    /// <exception cref="DataFormatException">The parameters are damaged, or of another model.</exception>
    public static (LatentClassRegression Model, double[] Sizes, Schema Items, CovariateDesign Design) ToLatentClassRegression(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(FamilyMixtureFile.LatentClassName);
        try
        {
            JsonObject parameters = JsonObject.Create(file.Parameters) ?? throw new FormatException("no object");
            double[][][] probabilities = [.. Nodes(parameters["probabilities"]).Select(own => Nodes(own).Select(Numbers).ToArray())];
            double[][] coefficients = [.. Nodes(parameters["coefficients"]).Select(Numbers)];
            double[] sizes = Numbers(parameters["weights"]);
            Column[] columns = [.. file.Columns.Zip(Nodes(parameters[Levels]), (name, levels) => levels is JsonArray own ? Column.Categorical(name, own.Select(level => level!.GetValue<string>())) : Column.Numeric(name))];
            int count = probabilities[0].Length;
            Schema items = new(columns[..count]);
            CovariateDesign design = new(ModelFormula.Parse(file.Settings[CovariatesSetting]), new Schema(columns[count..]));
            LatentClassRegression model = new(coefficients, probabilities);
            bool fits = sizes.Length == coefficients.Length && model.Terms == design.TermNames.Count + 1
                && items.Select(item => item.Levels.Count).SequenceEqual(probabilities[0].Select(item => item.Length));
            return fits ? (model, sizes, items, design) : throw new FormatException("sizes, terms or levels do not match");
        }
        catch (Exception cause) when (cause is ArgumentException or FormatException or InvalidOperationException or NullReferenceException or IndexOutOfRangeException or KeyNotFoundException)
        {
            throw file.Invalid("parameters of latent classes with covariates", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }

    private static JsonArray Array<T>(IEnumerable<T> values, Func<T, JsonNode?> node) => new([.. values.Select(node)]);

    private static IEnumerable<JsonNode?> Nodes(JsonNode? node) => node!.AsArray();

    private static double[] Numbers(JsonNode? node) => [.. Nodes(node).Select(value => value!.GetValue<double>())];
}
