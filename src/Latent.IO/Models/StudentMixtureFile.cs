using System.Text.Json;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.IO;

/// <summary>Between mixtures of Student-t distributions and saved models.</summary>
public static class StudentMixtureFile
{
    /// <summary>The name of the model in files.</summary>
    public const string ModelName = "tmm";

    /// <summary>The parameters as JSON: "weights", "means", "scales" and "degreesOfFreedom".</summary>
    public static JsonElement ParametersOf(FittedMixture<StudentT> mixture)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        StudentMixtureParameters parameters = new()
        {
            Weights = [.. mixture.Weights],
            Means = [.. mixture.Components.Select(component => component.Mean.ToArray())],
            Scales = [.. mixture.Components.Select(component => GaussianMixtureFile.Rows(component.Scale.Matrix, component.Location.Dimension))],
            DegreesOfFreedom = [.. mixture.Components.Select(component => component.Freedom)],
            Noise = NoiseParameters.Of(mixture.Noise, mixture.NoiseWeight),
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.StudentMixtureParameters);
    }

    /// <summary>The mixture of a saved model; it computes bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static FittedMixture<StudentT> ToStudentMixture(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        string name = file.Settings.GetValueOrDefault(GaussianMixtureFile.CovarianceSetting, "full");
        CovarianceStructure structure = GaussianMixtureFile.StructureOf(name)
            ?? throw file.Invalid($"one of the covariance structures {string.Join(", ", GaussianMixtureFile.StructureNames)}", $"'{name}'");
        StudentMixtureParameters parameters = file.ParametersAs(ModelFileJson.Default.StudentMixtureParameters);
        int columns = file.Columns.Count;
        double[] means = file.Flatten(parameters.Means, "means", columns);
        int count = parameters.Means!.Length;
        if (parameters.Weights?.Length != count || parameters.Scales?.Length != count || parameters.DegreesOfFreedom?.Length != count)
        {
            throw file.Invalid(
                $"{count} \"weights\", \"scales\" and \"degreesOfFreedom\", as many as means",
                $"{parameters.Weights?.Length ?? 0}, {parameters.Scales?.Length ?? 0} and {parameters.DegreesOfFreedom?.Length ?? 0}");
        }
        try
        {
            StudentT[] components = new StudentT[count];
            for (int k = 0; k < count; k++)
            {
                components[k] = new StudentT(
                    new Gaussian(means.AsSpan(k * columns, columns), GaussianMixtureFile.Matrix(file, parameters.Scales[k], columns)), parameters.DegreesOfFreedom[k]);
            }
            return StudentMixture.Create(structure, parameters.Weights, components, file.Columns, parameters.Noise?.Weight ?? 0, parameters.Noise?.ToNoise(), file.HasEqualWeights());
        }
        catch (Exception cause) when (cause is ArgumentException or NumericalException)
        {
            throw file.Invalid("parameters of a mixture of Student-t distributions", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }
}

/// <summary>The parameters of a mixture of Student-t distributions in a file.</summary>
internal sealed class StudentMixtureParameters
{
    public double[]? Weights { get; set; }

    public double[][]? Means { get; set; }

    public double[][][]? Scales { get; set; }

    public double[]? DegreesOfFreedom { get; set; }

    public NoiseParameters? Noise { get; set; }
}
