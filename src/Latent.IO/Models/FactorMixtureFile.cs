using System.Text.Json;
using Latent.Factors;
using Latent.Mixtures;

namespace Latent.IO;

/// <summary>Between mixtures of factor analysers and saved models.</summary>
public static class FactorMixtureFile
{
    /// <summary>The name of the model in files.</summary>
    public const string ModelName = "mfa";

    /// <summary>The setting that names what the uniquenesses are.</summary>
    public const string UniquenessesSetting = "uniquenesses";

    /// <summary>The names of what uniquenesses may be, as files and the command have them.</summary>
    public static IReadOnlyList<string> SharingNames { get; } = [.. Enum.GetNames<UniquenessSharing>().Select(name => name.ToLowerInvariant())];

    /// <summary>The name of what uniquenesses are.</summary>
    public static string NameOf(UniquenessSharing sharing) => SharingNames[(int)sharing];

    /// <summary>What uniquenesses are, by name; null for another name.</summary>
    public static UniquenessSharing? SharingOf(string name)
    {
        for (int index = 0; index < SharingNames.Count; index++)
        {
            if (SharingNames[index] == name)
            {
                return (UniquenessSharing)index;
            }
        }
        return null;
    }

    /// <summary>The parameters as JSON: "weights", "means", "loadings" (of each component a row per column of data) and "uniquenesses".</summary>
    public static JsonElement ParametersOf(FittedMixture<FactorGaussian> mixture)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        FactorMixtureParameters parameters = new()
        {
            Weights = [.. mixture.Weights],
            Means = [.. mixture.Components.Select(component => component.Mean.ToArray())],
            Loadings = [.. mixture.Components.Select(component => Enumerable.Range(0, component.Dimension).Select(column => component.Parameters.Row(column).ToArray()).ToArray())],
            Uniquenesses = [.. mixture.Components.Select(component => component.Parameters.Uniquenesses.ToArray())],
            Noise = NoiseParameters.Of(mixture.Noise, mixture.NoiseWeight),
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.FactorMixtureParameters);
    }

    /// <summary>The mixture of a saved model; it computes bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static FittedMixture<FactorGaussian> ToFactorMixture(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        string name = file.Settings.GetValueOrDefault(UniquenessesSetting, SharingNames[0]);
        UniquenessSharing sharing = SharingOf(name) ?? throw file.Invalid($"{UniquenessesSetting} {string.Join(", ", SharingNames)}", $"'{name}'");
        FactorMixtureParameters parameters = file.ParametersAs(ModelFileJson.Default.FactorMixtureParameters);
        int columns = file.Columns.Count;
        double[] means = file.Flatten(parameters.Means, "means", columns);
        double[] uniquenesses = file.Flatten(parameters.Uniquenesses, "uniquenesses", columns);
        int count = parameters.Means!.Length;
        if (parameters.Weights?.Length != count || parameters.Loadings?.Length != count || parameters.Uniquenesses!.Length != count)
        {
            throw file.Invalid(
                $"{count} \"weights\", \"loadings\" and \"uniquenesses\", as many as means",
                $"{parameters.Weights?.Length ?? 0}, {parameters.Loadings?.Length ?? 0} and {parameters.Uniquenesses!.Length}");
        }
        try
        {
            FactorParameters[] components = new FactorParameters[count];
            for (int k = 0; k < count; k++)
            {
                int factors = parameters.Loadings[k] is { Length: > 0 } rows ? rows[0]?.Length ?? 0 : 0;
                if (factors == 0 || parameters.Loadings[k].Length != columns)
                {
                    throw file.Invalid($"\"loadings\" of {columns} rows for each component", $"{parameters.Loadings[k]?.Length ?? 0} rows of {factors}");
                }
                components[k] = new FactorParameters(
                    means.AsSpan(k * columns, columns), file.Flatten(parameters.Loadings[k], "loadings", factors), uniquenesses.AsSpan(k * columns, columns));
            }
            return FactorMixture.Create(sharing, parameters.Weights, components, file.Columns, parameters.Noise?.Weight ?? 0, parameters.Noise?.ToNoise(), file.HasEqualWeights());
        }
        catch (Exception cause) when (cause is ArgumentException or NumericalException)
        {
            throw file.Invalid("parameters of a mixture of factor analysers", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }
}

/// <summary>The parameters of a mixture of factor analysers in a file.</summary>
internal sealed class FactorMixtureParameters
{
    public double[]? Weights { get; set; }

    public double[][]? Means { get; set; }

    public double[][][]? Loadings { get; set; }

    public double[][]? Uniquenesses { get; set; }

    public NoiseParameters? Noise { get; set; }
}
