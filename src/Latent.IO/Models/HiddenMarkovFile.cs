using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Regression;

namespace Latent.IO;

/// <summary>Between hidden Markov models and saved models.</summary>
/// <remarks>
/// "initial", "transition" (from × to), "durations" where states have such, "logits" where transitions depend on covariates, and the fields that a mixture of the same emissions has: "means" and "covariances" of
/// Gaussians, "rate", "probabilities" and so on of others, "terms", "coefficients" and "sigma" of regressions. The columns are those of the emissions, then what else the covariates read.
/// </remarks>
public static class HiddenMarkovFile
{
    /// <summary>The name of the model in files.</summary>
    public const string ModelName = "hmm";

    /// <summary>The setting that names the emission.</summary>
    public const string EmissionSetting = "emission";

    /// <summary>The emission of Gaussians, which has the setting <see cref="GaussianMixtureFile.CovarianceSetting"/> besides.</summary>
    public const string Gaussian = "gaussian";

    /// <summary>The emission of mixtures of Gaussians, which has the setting <see cref="GaussianMixtureFile.CovarianceSetting"/> besides.</summary>
    public const string GaussianMixtures = "gmm";

    /// <summary>The emission of regressions, which has the settings <see cref="RegressionFile.FormulaSetting"/>, <see cref="RegressionFile.FamilySetting"/> and <see cref="LagsSetting"/> besides.</summary>
    public const string Regression = "regression";

    /// <summary>The setting that holds the number of lagged responses of regressions.</summary>
    public const string LagsSetting = "lags";

    /// <summary>The setting that holds the formula of what transitions depend on.</summary>
    public const string TransitionFormulaSetting = "transitionFormula";

    private const string States = "states";
    private const string Gate = "gate";

    /// <summary>The parameters of a model with Gaussian emissions as JSON.</summary>
    /// <param name="model">The model.</param>
    /// <param name="covariates">What transitions depend on, where they depend on anything.</param>
    /// <exception cref="ArgumentException">The emissions are others.</exception>
    public static JsonElement ParametersOf(FittedHiddenMarkov model, CovariateDesign? covariates = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (CovarianceStructure structure, IReadOnlyList<Gaussian> components) = GaussianEmissions.In(model)
            ?? throw new ArgumentException("Expected Gaussian emissions, found others. Give their families.", nameof(model));
        return MarkovChainJson.Write(model, model.ColumnNames, covariates, GaussianMixtureFile.ParametersOf(new GaussianMixture(structure, Shares(model.States), components, model.ColumnNames)));
    }

    /// <summary>The parameters of a model with emissions of any other family as JSON.</summary>
    /// <param name="model">The model.</param>
    /// <param name="choices">The family of each block of columns.</param>
    /// <param name="schema">The columns, with the levels of categorical ones.</param>
    /// <param name="covariates">What transitions depend on, where they depend on anything.</param>
    public static JsonElement ParametersOf(FittedHiddenMarkov<Product> model, IReadOnlyList<FamilyChoice> choices, Schema schema, CovariateDesign? covariates = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        MixtureModel<Product> mixture = new(model.Model.Family, model.States, model.Model.Columns);
        FittedMixture<Product> fitted = new(mixture, new Mixture<Product>(Shares(model.States), model.Emissions.AsSpan()), model.ColumnNames);
        return MarkovChainJson.Write(model, model.ColumnNames, covariates, FamilyMixtureFile.ParametersOf(fitted, choices, schema));
    }

    /// <summary>The parameters of a model whose states are mixtures of Gaussians as JSON: "states" holds the "weights", "means" and "covariances" of each.</summary>
    /// <param name="model">The model.</param>
    /// <param name="covariates">What transitions depend on, where they depend on anything.</param>
    /// <exception cref="ArgumentException">The emissions are others.</exception>
    public static JsonElement MixtureParametersOf(FittedHiddenMarkov model, CovariateDesign? covariates = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (CovarianceStructure structure, IReadOnlyList<Mixture<Gaussian>> states) = GaussianEmissions.MixturesIn(model)
            ?? throw new ArgumentException("Expected emissions that are mixtures of Gaussians, found others.", nameof(model));
        JsonArray mixtures = new([.. states.Select(state => JsonNode.Parse(
            GaussianMixtureFile.ParametersOf(new GaussianMixture(structure, state.Weights.AsSpan(), state.Components, model.ColumnNames)).GetRawText()))]);
        return MarkovChainJson.Write(model, model.ColumnNames, covariates, JsonSerializer.SerializeToElement(new JsonObject { [States] = mixtures }, ModelFileJson.Default.JsonObject));
    }

    /// <summary>The parameters of regressions that change with a chain as JSON.</summary>
    /// <param name="model">The model.</param>
    /// <param name="covariates">What transitions depend on, where they depend on anything.</param>
    public static JsonElement ParametersOf(MarkovRegressionModel model, CovariateDesign? covariates = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        RegressionMixture mixture = new(model.Design.Design, model.Regressions, new double[model.Regressions.Length]);
        return MarkovChainJson.Write(model.Model, model.Design.Variables.Names, covariates, RegressionFile.ParametersOf(mixture), Gate);
    }

    /// <summary>The settings of regressions that change with a chain, by name.</summary>
    public static IReadOnlyDictionary<string, string> SettingsOf(MarkovRegressionDesign design)
    {
        ArgumentNullException.ThrowIfNull(design);
        return new Dictionary<string, string>
        {
            [EmissionSetting] = Regression,
            [RegressionFile.FormulaSetting] = design.Formula.Text,
            [RegressionFile.FamilySetting] = design.Design.Response.Name,
            [LagsSetting] = design.Lags.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>What the transitions of a saved model depend on; null where they do not depend on anything.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static CovariateDesign? ToTransitionDesign(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        return file.Settings.TryGetValue(TransitionFormulaSetting, out string? formula) ? MarkovChainJson.Design(file, formula) : null;
    }

    /// <summary>Saved regressions that change with a chain.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static MarkovRegressionModel ToMarkovRegression(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        MarkovChainJson chain = MarkovChainJson.Read(file, RegressionFile.ModelName);
        JsonObject mixture = JsonObject.Create(chain.Mixture.Parameters)!;
        mixture[Gate] = new JsonArray([.. chain.Initial.Select(_ => (JsonNode)new JsonArray(JsonValue.Create(0.0)))]);
        int lags = int.TryParse(file.Settings.GetValueOrDefault(LagsSetting, "0"), out int found) && found >= 0 ? found : throw file.Invalid($"a number of \"{LagsSetting}\"", file.Settings[LagsSetting]);
        return Build(file, () =>
        {
            ModelFormula formula = ModelFormula.Parse(file.Settings.GetValueOrDefault(RegressionFile.FormulaSetting, ""));
            Schema schema = new(chain.Mixture.Columns.Select(name => chain.Levels(name) is { } levels ? Column.Categorical(name, levels) : Column.Numeric(name)));
            MarkovRegressionDesign design = new(formula, lags, ResponseFamily.Named(file.Settings.GetValueOrDefault(RegressionFile.FamilySetting, Gaussian)), schema);
            RegressionMixture regressions = (chain.Mixture with
            {
                Columns = [.. design.Design.Variables.Names],
                Settings = new Dictionary<string, string>(file.Settings) { [RegressionFile.FormulaSetting] = design.Design.Formula.Text },
                Parameters = JsonSerializer.SerializeToElement(mixture, ModelFileJson.Default.JsonObject),
            }).ToRegressionMixture();
            return new MarkovRegressionModel(design, chain.With<RegressionComponent>([.. regressions.Components]));
        });
    }

    /// <summary>A saved model whose states are mixtures of Gaussians.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static FittedHiddenMarkov ToMixtureHiddenMarkov(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        MarkovChainJson chain = MarkovChainJson.Read(file, GaussianMixtureFile.ModelName);
        if (!chain.Mixture.Parameters.TryGetProperty(States, out JsonElement states) || states.ValueKind != JsonValueKind.Array || states.GetArrayLength() == 0)
        {
            throw file.Invalid($"\"{States}\", a mixture each", "none");
        }
        GaussianMixture[] mixtures = [.. states.EnumerateArray().Select(state => (chain.Mixture with { Parameters = state }).ToGaussianMixture())];
        return Build(file, () => GaussianEmissions.Of(mixtures[0].Structure).BuildMixtures(
            chain.With<Mixture<Gaussian>>([.. mixtures.Select(state => new Mixture<Gaussian>(state.Weights.AsSpan(), state.Components.AsSpan()))]), chain.Mixture.Columns));
    }

    /// <summary>A saved model with Gaussian emissions, which computes bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static FittedHiddenMarkov ToGaussianHiddenMarkov(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        MarkovChainJson chain = MarkovChainJson.Read(file, GaussianMixtureFile.ModelName);
        GaussianMixture gaussians = chain.Mixture.ToGaussianMixture();
        return Build(file, () => GaussianEmissions.Of(gaussians.Structure).Build(chain.With(gaussians.Components.AsSpan()), chain.Mixture.Columns));
    }

    /// <summary>A saved model with emissions of any other family, with its families and columns.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static (FittedHiddenMarkov<Product> Model, IReadOnlyList<FamilyChoice> Choices, Schema Schema) ToHiddenMarkov(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        MarkovChainJson chain = MarkovChainJson.Read(file, FamilyMixtureFile.ModelName);
        (FittedMixture<Product> emissions, IReadOnlyList<FamilyChoice> choices, Schema schema) = chain.Mixture.ToFamilyMixture();
        FittedHiddenMarkov<Product> model = Build(file, () => new FittedHiddenMarkov<Product>(
            new HiddenMarkovModel<Product>(emissions.Model.Family, emissions.Weights.Length, schema.Count)
            {
                Durations = chain.Durations.Length == 0 ? null : chain.Durations[0].Family,
                Covariates = chain.Logits?.Covariates,
            },
            chain.With(emissions.Components.AsSpan()),
            chain.Mixture.Columns));
        return (model, choices, schema);
    }

    /// <summary>Emissions are written and read as the components of a mixture, whose weights have no meaning.</summary>
    private static double[] Shares(int states) => [.. Enumerable.Repeat(1.0 / states, states)];

    private static T Build<T>(ModelFile file, Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception cause) when (cause is ArgumentException or NumericalException or FormatException)
        {
            throw file.Invalid("parameters of a hidden Markov model", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }
}
