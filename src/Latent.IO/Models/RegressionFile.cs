using System.Text.Json;
using Latent.Data;
using Latent.Regression;

namespace Latent.IO;

/// <summary>Between mixtures of regressions, zero-inflated regressions and saved models.</summary>
public static class RegressionFile
{
    /// <summary>The name of the model in files.</summary>
    public const string ModelName = "mixreg";

    /// <summary>The settings that hold the formulas and the family of responses.</summary>
    public const string FormulaSetting = "formula", ConcomitantSetting = "concomitant", FamilySetting = "family";

    /// <summary>The setting that holds the terms of structural zeros; only a zero-inflated regression has it.</summary>
    public const string ZeroInflatedSetting = "zeroInflated";

    /// <summary>The formulas and the family, by name.</summary>
    public static IReadOnlyDictionary<string, string> SettingsOf(RegressionMixture mixture)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        return SettingsOf(mixture.Design, ConcomitantSetting);
    }

    /// <inheritdoc cref="SettingsOf(RegressionMixture)"/>
    public static IReadOnlyDictionary<string, string> SettingsOf(ZeroInflatedRegression regression)
    {
        ArgumentNullException.ThrowIfNull(regression);
        return SettingsOf(regression.Design, ZeroInflatedSetting);
    }

    /// <summary>
    /// The parameters as JSON: "terms", "coefficients" per component, "sigma", "shape" or "size", "weights" (constant) or "concomitantTerms" with "concomitant" coefficients; "gate" and "dispersion" for
    /// reading back, and the "levels" of text columns.
    /// </summary>
    public static JsonElement ParametersOf(RegressionMixture mixture)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        RegressionDesign design = mixture.Design;
        int width = mixture.Gate.Length / mixture.Components.Length;
        double[][] gate = [.. Enumerable.Range(0, mixture.Components.Length).Select(k => mixture.Gate.AsSpan(k * width, width).ToArray())];
        RegressionParameters parameters = Of(design, mixture.Components) with
        {
            Weights = mixture.Weights is { } weights ? [.. weights] : null,
            ConcomitantTerms = design.Concomitant is null ? null : [.. design.ConcomitantNames],
            Concomitant = design.Concomitant is null ? null : gate,
            Gate = gate,
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.RegressionParameters);
    }

    /// <summary>The parameters as JSON: "terms", "coefficients" of the one component, "size" of a negative binomial response, "zeroTerms" and their log-odds "zero"; and the "levels" of text columns.</summary>
    public static JsonElement ParametersOf(ZeroInflatedRegression regression)
    {
        ArgumentNullException.ThrowIfNull(regression);
        RegressionParameters parameters = Of(regression.Design, [regression.Count]) with
        {
            ZeroTerms = [.. regression.Design.ConcomitantNames],
            Zero = [.. regression.Zero],
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.RegressionParameters);
    }

    /// <summary>The mixture of a saved model; it computes bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static RegressionMixture ToRegressionMixture(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        RegressionParameters parameters = Parameters(file);
        return parameters.Gate?.Length == parameters.Coefficients!.Length
            ? Read(file, "a mixture of regressions", () => new RegressionMixture(DesignOf(file, parameters, ConcomitantSetting), Components(parameters), [.. parameters.Gate.SelectMany(row => row)]))
            : throw file.Invalid($"a \"gate\" of {parameters.Coefficients.Length} components", $"one of {parameters.Gate?.Length ?? 0}");
    }

    /// <summary>Whether a saved model is a zero-inflated regression.</summary>
    public static bool IsZeroInflated(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Settings.ContainsKey(ZeroInflatedSetting);
    }

    /// <summary>The zero-inflated regression of a saved model; it computes bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static ZeroInflatedRegression ToZeroInflatedRegression(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        RegressionParameters parameters = Parameters(file);
        return parameters is { Coefficients.Length: 1, Zero: { } zero }
            ? Read(file, "a zero-inflated regression", () => new ZeroInflatedRegression(DesignOf(file, parameters, ZeroInflatedSetting), Components(parameters)[0], zero))
            : throw file.Invalid("\"coefficients\" of one component and \"zero\"", "others");
    }

    private static Dictionary<string, string> SettingsOf(RegressionDesign design, string concomitantSetting)
    {
        Dictionary<string, string> settings = new() { [FormulaSetting] = design.Formula.Text, [FamilySetting] = design.Response.Name };
        if (design.Concomitant is { } concomitant)
        {
            settings[concomitantSetting] = concomitant.Text;
        }
        return settings;
    }

    private static RegressionParameters Of(RegressionDesign design, IReadOnlyList<RegressionComponent> components)
    {
        double[] dispersion = [.. components.Select(component => component.Dispersion)];
        return new RegressionParameters
        {
            Terms = [.. design.TermNames],
            Coefficients = [.. components.Select(component => component.Coefficients.ToArray())],
            Sigma = design.Response == ResponseFamily.Gaussian ? [.. dispersion.Select(Math.Sqrt)] : null,
            Shape = design.Response == ResponseFamily.Gamma ? dispersion : null,
            Size = design.Response == ResponseFamily.NegativeBinomial ? dispersion : null,
            Dispersion = dispersion,
            Levels = design.Variables.HasCategories
                ? design.Variables.Where(column => column.Kind == ColumnKind.Categorical).ToDictionary(column => column.Name, column => column.Levels.ToArray())
                : null,
        };
    }

    private static RegressionParameters Parameters(ModelFile file)
    {
        RegressionParameters parameters = file.ParametersAs(ModelFileJson.Default.RegressionParameters);
        return file.Settings.ContainsKey(FormulaSetting) && parameters.Coefficients is { Length: > 0 } coefficients && parameters.Dispersion?.Length == coefficients.Length
            ? parameters
            : throw file.Invalid("a \"formula\", and \"coefficients\" and \"dispersion\" of as many components", "others");
    }

    private static RegressionComponent[] Components(RegressionParameters parameters) =>
        [.. parameters.Coefficients!.Zip(parameters.Dispersion!, (own, dispersion) => new RegressionComponent(own, dispersion))];

    private static RegressionDesign DesignOf(ModelFile file, RegressionParameters parameters, string concomitantSetting)
    {
        Schema schema = new(file.Columns.Select(name =>
            parameters.Levels?.GetValueOrDefault(name) is { } levels ? Column.Categorical(name, levels) : Column.Numeric(name)));
        ModelFormula? concomitant = file.Settings.TryGetValue(concomitantSetting, out string? text) ? ModelFormula.Parse(text) : null;
        return new RegressionDesign(ModelFormula.Parse(file.Settings[FormulaSetting]), concomitant, ResponseFamily.Named(file.Settings.GetValueOrDefault(FamilySetting, "gaussian")), schema);
    }

    private static T Read<T>(ModelFile file, string what, Func<T> create)
    {
        try
        {
            return create();
        }
        catch (Exception cause) when (cause is ArgumentException or NumericalException or FormatException)
        {
            throw file.Invalid($"parameters of {what}", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }
}

/// <summary>The parameters of a mixture of regressions, or of a zero-inflated one, in a file.</summary>
internal sealed record RegressionParameters
{
    public double[]? Weights { get; set; }

    public string[]? Terms { get; set; }

    public double[][]? Coefficients { get; set; }

    public double[]? Sigma { get; set; }

    public double[]? Shape { get; set; }

    public double[]? Size { get; set; }

    public string[]? ConcomitantTerms { get; set; }

    public double[][]? Concomitant { get; set; }

    public string[]? ZeroTerms { get; set; }

    public double[]? Zero { get; set; }

    /// <summary>Concomitant coefficients, or logarithms of constant weights, as they are computed with.</summary>
    public double[][]? Gate { get; set; }

    /// <summary>Variances, shapes, or ones, as they are computed with.</summary>
    public double[]? Dispersion { get; set; }

    public Dictionary<string, string[]>? Levels { get; set; }
}
