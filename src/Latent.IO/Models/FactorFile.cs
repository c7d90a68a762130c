using System.Text.Json;
using Latent.Factors;

namespace Latent.IO;

/// <summary>Between factor models and saved models.</summary>
public static class FactorFile
{
    /// <summary>The name of factor analysis in files.</summary>
    public const string AnalysisName = "fa";

    /// <summary>The name of probabilistic principal components in files.</summary>
    public const string ComponentsName = "ppca";

    /// <summary>The parameters as JSON: "mean", "loadings" (a row per column of data), and "uniquenesses" or, where they are one, "noiseVariance".</summary>
    /// <param name="model">The model.</param>
    /// <param name="isotropic">Whether all columns share one uniqueness.</param>
    public static JsonElement ParametersOf(FactorAnalysis model, bool isotropic)
    {
        ArgumentNullException.ThrowIfNull(model);
        FactorParameters found = model.Parameters;
        FactorFileParameters parameters = new()
        {
            Mean = found.Mean.ToArray(),
            Loadings = [.. Enumerable.Range(0, found.Columns).Select(column => found.Row(column).ToArray())],
            Uniquenesses = isotropic ? null : found.Uniquenesses.ToArray(),
            NoiseVariance = isotropic ? found.Uniquenesses[0] : null,
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.FactorFileParameters);
    }

    /// <summary>The factor model of a saved one; it computes bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static FactorAnalysis ToFactorAnalysis(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        bool isotropic = file.Model == ComponentsName;
        file.Require(isotropic ? ComponentsName : AnalysisName);
        FactorFileParameters parameters = file.ParametersAs(ModelFileJson.Default.FactorFileParameters);
        int columns = file.Columns.Count;
        int factors = parameters.Loadings is { Length: > 0 } rows ? rows[0]?.Length ?? 0 : 0;
        if (parameters.Mean?.Length != columns || parameters.Loadings?.Length != columns || factors == 0)
        {
            throw file.Invalid($"a \"mean\" of {columns} values and \"loadings\" of {columns} rows", $"{parameters.Mean?.Length ?? 0} and {parameters.Loadings?.Length ?? 0}");
        }
        if (isotropic ? parameters.NoiseVariance is null : parameters.Uniquenesses is null)
        {
            throw file.Invalid(isotropic ? "a \"noiseVariance\"" : "\"uniquenesses\"", "none");
        }
        try
        {
            double[] uniquenesses = isotropic ? [.. Enumerable.Repeat(parameters.NoiseVariance!.Value, columns)] : parameters.Uniquenesses!;
            return new FactorAnalysis(new FactorParameters(parameters.Mean, file.Flatten(parameters.Loadings, "loadings", factors), uniquenesses), file.Columns);
        }
        catch (Exception cause) when (cause is ArgumentException or NumericalException)
        {
            throw file.Invalid("parameters of a factor model", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }
}

/// <summary>The parameters of a factor model in a file.</summary>
internal sealed class FactorFileParameters
{
    public double[]? Mean { get; set; }

    public double[][]? Loadings { get; set; }

    public double[]? Uniquenesses { get; set; }

    public double? NoiseVariance { get; set; }
}
