using System.Text.Json;
using System.Text.Json.Nodes;
using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Mixtures;

namespace Latent.IO;

/// <summary>Between hidden Markov models and saved models.</summary>
/// <remarks>"initial", "transition" (from × to), "durations" where states have such, and the fields that a mixture of the same emissions has: "means" and "covariances" of Gaussians, "rate", "probabilities" and so on of others.</remarks>
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

    private const string States = "states";
    private const string Initial = "initial";
    private const string Transition = "transition";
    private const string Weights = "weights";
    private const string Durations = "durations";
    private const string Family = "family";
    private const string Longest = "longest";
    private const string Probabilities = "probabilities";
    private const string Mean = "meanDuration";

    /// <summary>The parameters of a model with Gaussian emissions as JSON.</summary>
    /// <exception cref="ArgumentException">The emissions are others.</exception>
    public static JsonElement ParametersOf(FittedHiddenMarkov model)
    {
        ArgumentNullException.ThrowIfNull(model);
        (CovarianceStructure structure, IReadOnlyList<Gaussian> components) = GaussianEmissions.In(model)
            ?? throw new ArgumentException("Expected Gaussian emissions, found others. Give their families.", nameof(model));
        return WithChain(model, GaussianMixtureFile.ParametersOf(new GaussianMixture(structure, Shares(model.States), components, model.ColumnNames)));
    }

    /// <summary>The parameters of a model with emissions of any other family as JSON.</summary>
    /// <param name="model">The model.</param>
    /// <param name="choices">The family of each block of columns.</param>
    /// <param name="schema">The columns, with the levels of categorical ones.</param>
    public static JsonElement ParametersOf(FittedHiddenMarkov<Product> model, IReadOnlyList<FamilyChoice> choices, Schema schema)
    {
        ArgumentNullException.ThrowIfNull(model);
        MixtureModel<Product> mixture = new(model.Model.Family, model.States, model.Model.Columns);
        FittedMixture<Product> fitted = new(mixture, new Mixture<Product>(Shares(model.States), model.Emissions.AsSpan()), model.ColumnNames);
        return WithChain(model, FamilyMixtureFile.ParametersOf(fitted, choices, schema));
    }

    /// <summary>The parameters of a model whose states are mixtures of Gaussians as JSON: "states" holds the "weights", "means" and "covariances" of each.</summary>
    /// <exception cref="ArgumentException">The emissions are others.</exception>
    public static JsonElement MixtureParametersOf(FittedHiddenMarkov model)
    {
        ArgumentNullException.ThrowIfNull(model);
        (CovarianceStructure structure, IReadOnlyList<Mixture<Gaussian>> states) = GaussianEmissions.MixturesIn(model)
            ?? throw new ArgumentException("Expected emissions that are mixtures of Gaussians, found others.", nameof(model));
        JsonArray mixtures = new([.. states.Select(state => JsonNode.Parse(
            GaussianMixtureFile.ParametersOf(new GaussianMixture(structure, state.Weights.AsSpan(), state.Components, model.ColumnNames)).GetRawText()))]);
        return WithChain(model, JsonSerializer.SerializeToElement(new JsonObject { [States] = mixtures }, ModelFileJson.Default.JsonObject));
    }

    /// <summary>A saved model whose states are mixtures of Gaussians.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static FittedHiddenMarkov ToMixtureHiddenMarkov(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        (double[] initial, double[] transition, Duration[] durations, ModelFile mixture) = Split(file, GaussianMixtureFile.ModelName);
        if (!mixture.Parameters.TryGetProperty(States, out JsonElement states) || states.ValueKind != JsonValueKind.Array || states.GetArrayLength() == 0)
        {
            throw file.Invalid($"\"{States}\", a mixture each", "none");
        }
        GaussianMixture[] mixtures = [.. states.EnumerateArray().Select(state => (mixture with { Parameters = state }).ToGaussianMixture())];
        return Build(file, () => GaussianEmissions.Of(mixtures[0].Structure).BuildMixtures(
            new HiddenMarkov<Mixture<Gaussian>>(initial, transition, [.. mixtures.Select(state => new Mixture<Gaussian>(state.Weights.AsSpan(), state.Components.AsSpan()))], durations), file.Columns));
    }

    /// <summary>A saved model with Gaussian emissions, which computes bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static FittedHiddenMarkov ToGaussianHiddenMarkov(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        (double[] initial, double[] transition, Duration[] durations, ModelFile mixture) = Split(file, GaussianMixtureFile.ModelName);
        GaussianMixture gaussians = mixture.ToGaussianMixture();
        return Build(file, () => GaussianEmissions.Of(gaussians.Structure).Build(new HiddenMarkov<Gaussian>(initial, transition, gaussians.Components.AsSpan(), durations), file.Columns));
    }

    /// <summary>A saved model with emissions of any other family, with its families and columns.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static (FittedHiddenMarkov<Product> Model, IReadOnlyList<FamilyChoice> Choices, Schema Schema) ToHiddenMarkov(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        (double[] initial, double[] transition, Duration[] durations, ModelFile mixture) = Split(file, FamilyMixtureFile.ModelName);
        (FittedMixture<Product> emissions, IReadOnlyList<FamilyChoice> choices, Schema schema) = mixture.ToFamilyMixture();
        FittedHiddenMarkov<Product> model = Build(file, () => new FittedHiddenMarkov<Product>(
            new HiddenMarkovModel<Product>(emissions.Model.Family, emissions.Weights.Length, schema.Count) { Durations = durations.Length == 0 ? null : durations[0].Family },
            new HiddenMarkov<Product>(initial, transition, emissions.Components.AsSpan(), durations),
            file.Columns));
        return (model, choices, schema);
    }

    /// <summary>Emissions are written and read as the components of a mixture, whose weights have no meaning.</summary>
    private static double[] Shares(int states) => [.. Enumerable.Repeat(1.0 / states, states)];

    private static JsonElement WithChain(FittedHiddenMarkov model, JsonElement emissions)
    {
        if (model.Logits is not null)
        {
            throw new NotSupportedException("Expected transitions that do not depend on covariates in a file, found some that do.");
        }
        int states = model.States;
        JsonObject parameters = new()
        {
            [Initial] = Vector(model.Initial.AsSpan()),
            [Transition] = new JsonArray([.. Enumerable.Range(0, states).Select(from => (JsonNode)Vector(model.Transition.AsSpan().Slice(from * states, states)))]),
        };
        if (!model.Durations.IsEmpty)
        {
            DurationFamily family = model.Durations[0].Family;
            JsonObject durations = new() { [Family] = family.Name, [Longest] = family.Longest };
            if (family.Name == DurationFamily.Nonparametric(1).Name)
            {
                durations[Probabilities] = new JsonArray([.. model.Durations.Select(duration => (JsonNode)Vector(duration.Parameters.AsSpan()))]);
            }
            else
            {
                for (int index = 0; index < family.ParameterNames.Count; index++)
                {
                    int own = index;
                    durations[family.ParameterNames[index]] = Vector([.. model.Durations.Select(duration => duration.Parameters[own])]);
                }
            }
            durations[Mean] = Vector([.. model.Durations.Select(duration => duration.Mean)]);
            parameters[Durations] = durations;
        }
        foreach (JsonProperty property in emissions.EnumerateObject().Where(property => property.Name != Weights))
        {
            parameters[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        }
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.JsonObject);
    }

    private static (double[] Initial, double[] Transition, Duration[] Durations, ModelFile Mixture) Split(ModelFile file, string mixture)
    {
        file.Require(ModelName);
        try
        {
            JsonObject parameters = JsonObject.Create(file.Parameters) ?? throw new FormatException("no object");
            double[] initial = Numbers(parameters[Initial]);
            double[] transition = [.. parameters[Transition]!.AsArray().SelectMany(Numbers)];
            Duration[] durations = parameters[Durations] is JsonObject found ? Read(found, initial.Length) : [];
            JsonObject emissions = new() { [Weights] = Vector(Shares(initial.Length)) };
            foreach ((string name, JsonNode? value) in parameters)
            {
                if (name is not (Initial or Transition or Durations))
                {
                    emissions[name] = value?.DeepClone();
                }
            }
            return (initial, transition, durations, file with { Model = mixture, Parameters = JsonSerializer.SerializeToElement(emissions, ModelFileJson.Default.JsonObject) });
        }
        catch (Exception cause) when (cause is FormatException or InvalidOperationException or NullReferenceException or ArgumentException)
        {
            throw file.Invalid($"\"{Initial}\" and \"{Transition}\" probabilities, and \"{Durations}\" with parameters in their range or none", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }

    /// <summary>The durations of all states.</summary>
    private static Duration[] Read(JsonObject durations, int states)
    {
        string name = durations[Family]!.GetValue<string>();
        DurationFamily family = DurationFamily.Of(name, durations[Longest]!.GetValue<int>()) ?? throw new FormatException($"durations of a family '{name}'");
        double[][] parameters = durations[Probabilities] is JsonArray probabilities
            ? [.. probabilities.Select(Numbers)]
            : [.. Enumerable.Range(0, states).Select(state => (double[])[.. family.ParameterNames.Select(own => Numbers(durations[own])[state])])];
        return [.. parameters.Select(own => family.Create(own))];
    }

    private static T Build<T>(ModelFile file, Func<T> build)
    {
        try
        {
            return build();
        }
        catch (ArgumentException cause)
        {
            throw file.Invalid("parameters of a hidden Markov model", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }

    private static JsonArray Vector(ReadOnlySpan<double> values) => new([.. values.ToArray().Select(value => (JsonNode)JsonValue.Create(value))]);

    private static double[] Numbers(JsonNode? node) => [.. node!.AsArray().Select(value => value!.GetValue<double>())];
}
