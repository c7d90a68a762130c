using System.Text.Json;
using Latent.Families;
using Latent.Incomplete;

namespace Latent.IO;

/// <summary>Between multivariate normal distributions and saved models.</summary>
public static class MultivariateNormalFile
{
    /// <summary>The name of the model in files.</summary>
    public const string ModelName = "mvn";

    /// <summary>The content of a file that holds a distribution.</summary>
    /// <param name="model">The distribution.</param>
    /// <param name="seed">The seed of the fit.</param>
    /// <param name="fit">How the fit went.</param>
    public static ModelFile ToModelFile(this MultivariateNormal model, ulong? seed = null, ModelFileFit? fit = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ModelFile { Model = ModelName, Columns = model.ColumnNames, Seed = seed, Parameters = ParametersOf(model), Fit = fit };
    }

    /// <summary>The parameters as JSON: "mean" and "covariance".</summary>
    public static JsonElement ParametersOf(MultivariateNormal model)
    {
        ArgumentNullException.ThrowIfNull(model);
        int d = model.Distribution.Dimension;
        MultivariateNormalParameters parameters = new()
        {
            Mean = model.Distribution.Mean.ToArray(),
            Covariance = [.. Enumerable.Range(0, d).Select(i => model.Distribution.Covariance.Matrix.Slice(i * d, d).ToArray())],
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.MultivariateNormalParameters);
    }

    /// <summary>The distribution of a saved model; it computes bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static MultivariateNormal ToMultivariateNormal(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        MultivariateNormalParameters parameters = file.ParametersAs(ModelFileJson.Default.MultivariateNormalParameters);
        int columns = file.Columns.Count;
        if (parameters.Mean?.Length != columns || parameters.Covariance?.Length != columns)
        {
            throw file.Invalid($"a \"mean\" of {columns} values and a \"covariance\" of {columns} rows", $"{parameters.Mean?.Length ?? 0} and {parameters.Covariance?.Length ?? 0}");
        }
        try
        {
            return new MultivariateNormal(new Gaussian(parameters.Mean, file.Flatten(parameters.Covariance, "covariance", columns)), file.Columns);
        }
        catch (Exception cause) when (cause is ArgumentException or NumericalException)
        {
            throw file.Invalid("parameters of a multivariate normal distribution", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }
}

/// <summary>The parameters of a multivariate normal distribution in a file.</summary>
internal sealed class MultivariateNormalParameters
{
    public double[]? Mean { get; set; }

    public double[][]? Covariance { get; set; }
}
