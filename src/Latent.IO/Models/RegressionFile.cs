using System.Text.Json;
using Latent.Data;
using Latent.Regression;

namespace Latent.IO;

/// <summary>Between mixtures of regressions and saved models.</summary>
public static class RegressionFile
{
    /// <summary>The name of the model in files.</summary>
    public const string ModelName = "mixreg";

    /// <summary>The settings that hold the formulas and the family of responses.</summary>
    public const string FormulaSetting = "formula", ConcomitantSetting = "concomitant", FamilySetting = "family";

    /// <summary>The formulas and the family, by name.</summary>
    public static IReadOnlyDictionary<string, string> SettingsOf(RegressionDesign design)
    {
        ArgumentNullException.ThrowIfNull(design);
        Dictionary<string, string> settings = new() { [FormulaSetting] = design.Formula.Text, [FamilySetting] = design.Response.Name };
        if (design.Concomitant is { } concomitant)
        {
            settings[ConcomitantSetting] = concomitant.Text;
        }
        return settings;
    }

    /// <summary>
    /// The parameters as JSON: "terms", "coefficients" per component, "sigma" or "shape", "weights" (constant) or "concomitantTerms" with "concomitant" coefficients; "gate" and "dispersion" for
    /// reading back, and the "levels" of text columns.
    /// </summary>
    public static JsonElement ParametersOf(RegressionMixture mixture)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        RegressionDesign design = mixture.Design;
        int width = mixture.Gate.Length / mixture.Components.Length;
        double[][] gate = [.. Enumerable.Range(0, mixture.Components.Length).Select(k => mixture.Gate.AsSpan(k * width, width).ToArray())];
        double[] dispersion = [.. mixture.Components.Select(component => component.Dispersion)];
        RegressionParameters parameters = new()
        {
            Weights = mixture.Weights is { } weights ? [.. weights] : null,
            Terms = [.. design.TermNames],
            Coefficients = [.. mixture.Components.Select(component => component.Coefficients.ToArray())],
            Sigma = design.Response == ResponseFamily.Gaussian ? [.. dispersion.Select(Math.Sqrt)] : null,
            Shape = design.Response == ResponseFamily.Gamma ? dispersion : null,
            ConcomitantTerms = design.Concomitant is null ? null : [.. design.ConcomitantNames],
            Concomitant = design.Concomitant is null ? null : gate,
            Gate = gate,
            Dispersion = dispersion,
            Levels = design.Variables.HasCategories
                ? design.Variables.Where(column => column.Kind == ColumnKind.Categorical).ToDictionary(column => column.Name, column => column.Levels.ToArray())
                : null,
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.RegressionParameters);
    }

    /// <summary>The mixture of a saved model; it computes bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static RegressionMixture ToRegressionMixture(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        RegressionParameters parameters = file.ParametersAs(ModelFileJson.Default.RegressionParameters);
        if (!file.Settings.TryGetValue(FormulaSetting, out string? formula) || parameters.Coefficients is not { Length: > 0 } coefficients
            || parameters.Gate?.Length != coefficients.Length || parameters.Dispersion?.Length != coefficients.Length)
        {
            throw file.Invalid("a \"formula\", and \"coefficients\", \"gate\" and \"dispersion\" of as many components", "others");
        }
        try
        {
            Schema schema = new(file.Columns.Select(name =>
                parameters.Levels?.GetValueOrDefault(name) is { } levels ? Column.Categorical(name, levels) : Column.Numeric(name)));
            ModelFormula? concomitant = file.Settings.TryGetValue(ConcomitantSetting, out string? text) ? ModelFormula.Parse(text) : null;
            RegressionDesign design = new(ModelFormula.Parse(formula), concomitant, ResponseFamily.Named(file.Settings.GetValueOrDefault(FamilySetting, "gaussian")), schema);
            RegressionComponent[] components = [.. coefficients.Select((own, k) => new RegressionComponent(own, parameters.Dispersion[k]))];
            return new RegressionMixture(design, components, [.. parameters.Gate.SelectMany(row => row)]);
        }
        catch (Exception cause) when (cause is ArgumentException or NumericalException or FormatException)
        {
            throw file.Invalid("parameters of a mixture of regressions", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }
}

/// <summary>The parameters of a mixture of regressions in a file.</summary>
internal sealed class RegressionParameters
{
    public double[]? Weights { get; set; }

    public string[]? Terms { get; set; }

    public double[][]? Coefficients { get; set; }

    public double[]? Sigma { get; set; }

    public double[]? Shape { get; set; }

    public string[]? ConcomitantTerms { get; set; }

    public double[][]? Concomitant { get; set; }

    /// <summary>Concomitant coefficients, or logarithms of constant weights, as they are computed with.</summary>
    public double[][]? Gate { get; set; }

    /// <summary>Variances, shapes, or ones, as they are computed with.</summary>
    public double[]? Dispersion { get; set; }

    public Dictionary<string, string[]>? Levels { get; set; }
}
