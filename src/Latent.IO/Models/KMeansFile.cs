using System.Text.Json;
using Latent.Clustering;

namespace Latent.IO;

/// <summary>Between k-means centers and saved models.</summary>
public static class KMeansFile
{
    /// <summary>The name of the model in files.</summary>
    public const string ModelName = "kmeans";

    /// <summary>The content of a file that holds the centers.</summary>
    /// <param name="centers">The centers.</param>
    /// <param name="columns">The names of the columns, in order.</param>
    /// <param name="inertia">The inertia of the data they were fitted to; NaN when not known.</param>
    /// <param name="seed">The seed of the fit.</param>
    /// <param name="fit">How the fit went.</param>
    public static ModelFile ToModelFile(
        this KMeansCenters centers, IReadOnlyList<string> columns, double inertia = double.NaN, ulong? seed = null, ModelFileFit? fit = null) => new()
        {
            Model = ModelName,
            Columns = columns,
            Seed = seed,
            Parameters = ParametersOf(centers, inertia),
            Fit = fit,
        };

    /// <summary>The parameters as JSON: "centers", the "sizes" of their clusters (total weights), and the "inertia".</summary>
    public static JsonElement ParametersOf(KMeansCenters centers, double inertia)
    {
        ArgumentNullException.ThrowIfNull(centers);
        KMeansParameters parameters = new()
        {
            Centers = new double[centers.Count][],
            Sizes = [.. centers.Weights],
            Inertia = inertia,
        };
        for (int center = 0; center < centers.Count; center++)
        {
            parameters.Centers[center] = centers[center].ToArray();
        }
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.KMeansParameters);
    }

    /// <summary>The centers of a saved model, and their inertia (NaN when the file has none).</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static (KMeansCenters Centers, double Inertia) ToKMeans(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        KMeansParameters parameters = file.ParametersAs(ModelFileJson.Default.KMeansParameters);
        double[] values = file.Flatten(parameters.Centers, "centers", file.Columns.Count);
        if (parameters.Sizes is { } sizes && (sizes.Length != parameters.Centers!.Length || Array.Exists(sizes, size => !(size >= 0))))
        {
            throw file.Invalid($"{parameters.Centers!.Length} \"sizes\" that are not negative", $"{sizes.Length}");
        }
        return (new KMeansCenters(values, file.Columns.Count, parameters.Sizes), parameters.Inertia ?? double.NaN);
    }
}

/// <summary>The parameters of k-means in a file.</summary>
internal sealed class KMeansParameters
{
    public double[][]? Centers { get; set; }

    /// <summary>The total weight of the rows of each cluster.</summary>
    public double[]? Sizes { get; set; }

    public double? Inertia { get; set; }
}
