using System.Text.Json;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.IO;

/// <summary>Between Gaussian mixtures and saved models.</summary>
public static class GaussianMixtureFile
{
    /// <summary>The name of the model in files.</summary>
    public const string ModelName = "gmm";

    /// <summary>The setting that says how covariances are constrained: full, tied, diag, spherical, or one of the names of three letters.</summary>
    public const string CovarianceSetting = "covariance";

    // The first name of a structure is the one that is written; all are read.
    private static readonly (CovarianceStructure Structure, string Name)[] _structures =
    [
        (CovarianceStructure.Full, "full"),
        (CovarianceStructure.Tied, "tied"),
        (CovarianceStructure.Diagonal, "diag"),
        (CovarianceStructure.Spherical, "spherical"),
        .. CovarianceStructures.All.Select(structure => (structure, structure.Decomposition().Name)),
        .. CovarianceStructures.OneColumnNames.Select(name => (CovarianceStructures.Named(name), name)),
    ];

    /// <summary>The names of the covariance structures, in files and on the command line: four words, the fourteen names of mclust, among them others for these four, and E and V for data of one column.</summary>
    public static IReadOnlyList<string> StructureNames { get; } = Array.ConvertAll(_structures, entry => entry.Name);

    /// <summary>The name of a covariance structure.</summary>
    public static string NameOf(CovarianceStructure structure) => Array.Find(_structures, entry => entry.Structure == structure).Name;

    /// <summary>The name of a covariance structure for people: E or V where there is one column.</summary>
    /// <param name="structure">The structure.</param>
    /// <param name="columns">The number of columns.</param>
    public static string NameOf(CovarianceStructure structure, int columns) => columns == 1 ? CovarianceStructures.NameOf(structure, columns) : NameOf(structure);

    /// <summary>The covariance structure of a name, or null where there is no such, or none for so many columns: E and V are for one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="columns">The number of columns.</param>
    public static CovarianceStructure? StructureOf(string name, int columns) => columns != 1 && CovarianceStructures.OneColumnNames.Contains(name) ? null : StructureOf(name);

    /// <summary>The covariance structure of a name, or null.</summary>
    public static CovarianceStructure? StructureOf(string name)
    {
        int index = Array.FindIndex(_structures, entry => entry.Name == name);
        return index < 0 ? null : _structures[index].Structure;
    }

    /// <summary>The content of a file that holds a mixture.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="seed">The seed of the fit.</param>
    /// <param name="fit">How the fit went.</param>
    public static ModelFile ToModelFile(this GaussianMixture mixture, ulong? seed = null, ModelFileFit? fit = null)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        return new ModelFile
        {
            Model = ModelName,
            Columns = mixture.ColumnNames,
            Seed = seed,
            Settings = SettingsOf(mixture),
            Parameters = ParametersOf(mixture),
            Fit = fit,
        };
    }

    /// <summary>The structure, and whether the weights are equal, by name.</summary>
    public static IReadOnlyDictionary<string, string> SettingsOf(GaussianMixture mixture)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        return MixtureSettings.Of(mixture, (CovarianceSetting, NameOf(mixture.Structure)));
    }

    /// <summary>The parameters as JSON: "weights", "means" and "covariances", a full matrix per component whatever the structure.</summary>
    public static JsonElement ParametersOf(GaussianMixture mixture)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        GaussianMixtureParameters parameters = new()
        {
            Weights = [.. mixture.Weights],
            Means = [.. mixture.Components.Select(component => component.Mean.ToArray())],
            Covariances = [.. mixture.Components.Select(component => Rows(component.Covariance.Matrix, component.Dimension))],
            Noise = NoiseParameters.Of(mixture.Noise, mixture.NoiseWeight),
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.GaussianMixtureParameters);
    }

    /// <summary>The mixture of a saved model; it computes bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static GaussianMixture ToGaussianMixture(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        string name = file.Settings.GetValueOrDefault(CovarianceSetting, "full");
        CovarianceStructure structure = StructureOf(name)
            ?? throw file.Invalid($"one of the covariance structures {string.Join(", ", StructureNames)}", $"'{name}'");
        GaussianMixtureParameters parameters = file.ParametersAs(ModelFileJson.Default.GaussianMixtureParameters);
        int columns = file.Columns.Count;
        double[] means = file.Flatten(parameters.Means, "means", columns);
        int count = parameters.Means!.Length;
        if (parameters.Weights?.Length != count || parameters.Covariances?.Length != count)
        {
            throw file.Invalid(
                $"{count} \"weights\" and \"covariances\", as many as means", $"{parameters.Weights?.Length ?? 0} and {parameters.Covariances?.Length ?? 0}");
        }
        try
        {
            Gaussian[] components = new Gaussian[count];
            for (int k = 0; k < count; k++)
            {
                components[k] = new Gaussian(means.AsSpan(k * columns, columns), Matrix(file, parameters.Covariances[k], columns));
            }
            return new GaussianMixture(structure, parameters.Weights, components, file.Columns, parameters.Noise?.Weight ?? 0, parameters.Noise?.ToNoise(), file.HasEqualWeights());
        }
        catch (Exception cause) when (cause is ArgumentException or NumericalException)
        {
            throw file.Invalid("parameters of a Gaussian mixture", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }

    internal static double[] Matrix(ModelFile file, double[][]? rows, int columns) => rows?.Length == columns
        ? file.Flatten(rows, "covariances", columns)
        : throw file.Invalid($"\"covariances\" of {columns} rows", $"{rows?.Length ?? 0}");

    internal static double[][] Rows(ReadOnlySpan<double> matrix, int columns)
    {
        double[][] rows = new double[columns][];
        for (int i = 0; i < columns; i++)
        {
            rows[i] = matrix.Slice(i * columns, columns).ToArray();
        }
        return rows;
    }
}

/// <summary>The parameters of a Gaussian mixture in a file.</summary>
internal sealed class GaussianMixtureParameters
{
    public double[]? Weights { get; set; }

    public double[][]? Means { get; set; }

    public double[][][]? Covariances { get; set; }

    public NoiseParameters? Noise { get; set; }
}

/// <summary>A noise component in a file.</summary>
internal sealed class NoiseParameters
{
    public double Weight { get; set; }

    public double LogVolume { get; set; }

    public double[]? Lower { get; set; }

    public double[]? Upper { get; set; }

    public static NoiseParameters? Of(UniformNoise? noise, double weight) =>
        noise is null ? null : new NoiseParameters { Weight = weight, LogVolume = noise.LogVolume, Lower = [.. noise.Lower], Upper = [.. noise.Upper] };

    public UniformNoise ToNoise() => new(LogVolume, Lower, Upper);
}
