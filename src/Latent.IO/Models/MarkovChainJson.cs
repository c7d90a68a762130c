using System.Text.Json;
using System.Text.Json.Nodes;
using Latent.Data;
using Latent.Markov;
using Latent.Regression;

namespace Latent.IO;

/// <summary>The chain of a hidden Markov model in a file, beside emissions that are written as the components of a mixture.</summary>
/// <param name="Initial">π.</param>
/// <param name="Transition">A.</param>
/// <param name="Durations">How long states last; none where the transitions say so.</param>
/// <param name="Logits">How transitions depend on covariates; null where they do not.</param>
/// <param name="Mixture">The emissions as a mixture of equal weights, with their columns alone.</param>
internal sealed record MarkovChainJson(double[] Initial, double[] Transition, Duration[] Durations, TransitionLogits? Logits, ModelFile Mixture)
{
    private const string InitialName = "initial";
    private const string TransitionName = "transition";
    private const string WeightsName = "weights";
    private const string DurationsName = "durations";
    private const string FamilyName = "family";
    private const string LongestName = "longest";
    private const string ProbabilitiesName = "probabilities";
    private const string MeanName = "meanDuration";
    private const string LogitsName = "logits";
    private const string TermsName = "terms";
    private const string CoefficientsName = "coefficients";
    private const string StandardName = "standard";
    private const string CentersName = "centers";
    private const string ScalesName = "scales";
    private const string ReachName = "reach";
    private const string ColumnsName = "emissionColumns";
    private const string VariablesName = "variables";
    private const string LevelsName = "levels";

    /// <summary>The parameters of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="columns">The columns that its emissions read.</param>
    /// <param name="covariates">What its transitions depend on, where they depend on anything.</param>
    /// <param name="emissions">The parameters of a mixture of its emissions.</param>
    /// <param name="without">A further property of the mixture that a chain has no use for.</param>
    /// <exception cref="ArgumentException">The transitions depend on something, and it is not said on what, or the reverse.</exception>
    public static JsonElement Write(FittedHiddenMarkov model, IEnumerable<string> columns, CovariateDesign? covariates, JsonElement emissions, string without = WeightsName)
    {
        if (model.Logits is not null != covariates is not null)
        {
            throw new ArgumentException($"Expected a formula of covariates with transitions that depend on some, found {(covariates is null ? "none" : "it without such")}.", nameof(covariates));
        }
        int states = model.States;
        JsonObject parameters = new()
        {
            [InitialName] = Vector(model.Initial.AsSpan()),
            [TransitionName] = Rows(model.Transition.AsSpan(), states),
        };
        if (!model.Durations.IsEmpty)
        {
            parameters[DurationsName] = Write(model.Durations);
        }
        if (covariates is not null)
        {
            parameters[LogitsName] = Write(model.Logits!, columns, covariates);
        }
        foreach (JsonProperty property in emissions.EnumerateObject().Where(property => property.Name != WeightsName && property.Name != without))
        {
            parameters[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        }
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.JsonObject);
    }

    /// <summary>The chain of a saved model, and its emissions as a mixture.</summary>
    /// <param name="file">The model.</param>
    /// <param name="mixture">The name of mixtures of such emissions.</param>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static MarkovChainJson Read(ModelFile file, string mixture)
    {
        file.Require(HiddenMarkovFile.ModelName);
        try
        {
            JsonObject parameters = JsonObject.Create(file.Parameters) ?? throw new FormatException("no object");
            double[] initial = Numbers(parameters[InitialName]);
            double[] transition = [.. parameters[TransitionName]!.AsArray().SelectMany(Numbers)];
            Duration[] durations = parameters[DurationsName] is JsonObject found ? Read(found, initial.Length) : [];
            JsonObject? logits = parameters[LogitsName] as JsonObject;
            JsonObject emissions = new() { [WeightsName] = Vector([.. initial.Select(_ => 1.0 / initial.Length)]) };
            foreach ((string name, JsonNode? value) in parameters)
            {
                if (name is not (InitialName or TransitionName or DurationsName or LogitsName))
                {
                    emissions[name] = value?.DeepClone();
                }
            }
            ModelFile own = file with
            {
                Model = mixture,
                Columns = logits is null ? file.Columns : Texts(logits[ColumnsName]),
                Parameters = JsonSerializer.SerializeToElement(emissions, ModelFileJson.Default.JsonObject),
            };
            return new MarkovChainJson(initial, transition, durations, logits is null ? null : Read(logits, initial.Length, parameters), own);
        }
        catch (Exception cause) when (cause is FormatException or InvalidOperationException or NullReferenceException or ArgumentException)
        {
            throw file.Invalid($"\"{InitialName}\" and \"{TransitionName}\" probabilities, and \"{DurationsName}\" or \"{LogitsName}\" with parameters in their range or none", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }

    /// <summary>What the transitions depend on.</summary>
    /// <exception cref="DataFormatException">Damaged parameters.</exception>
    public static CovariateDesign Design(ModelFile file, string formula)
    {
        try
        {
            JsonObject logits = JsonObject.Create(file.Parameters)![LogitsName]!.AsObject();
            IEnumerable<Column> columns = Texts(logits[VariablesName]).Zip(
                logits[LevelsName]!.AsArray(), (name, levels) => levels is JsonArray own ? Column.Categorical(name, Texts(own)) : Column.Numeric(name));
            return new CovariateDesign(ModelFormula.Parse(formula), new Schema(columns));
        }
        catch (Exception cause) when (cause is FormatException or InvalidOperationException or NullReferenceException or ArgumentException)
        {
            throw file.Invalid($"\"{LogitsName}\" with the \"{VariablesName}\" of {formula}", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }

    /// <summary>The levels of a column of text among those of regressions; null for numbers.</summary>
    public IReadOnlyList<string>? Levels(string column) =>
        Mixture.Parameters.TryGetProperty(LevelsName, out JsonElement levels) && levels.ValueKind == JsonValueKind.Object && levels.TryGetProperty(column, out JsonElement own)
            ? [.. own.EnumerateArray().Select(level => level.GetString()!)]
            : null;

    /// <summary>The parameters of a model with this chain.</summary>
    public HiddenMarkov<TComponent> With<TComponent>(ReadOnlySpan<TComponent> emissions) => new(Initial, Transition, emissions, Durations) { Logits = Logits };

    private static JsonObject Write(TransitionLogits logits, IEnumerable<string> columns, CovariateDesign design)
    {
        int states = logits.States;
        int terms = logits.Covariates.Terms;
        JsonArray Each(Func<int, int, double[]> values) => new([.. Enumerable.Range(0, states).Select(from =>
            (JsonNode)new JsonArray([.. Enumerable.Range(0, states).Select(to => (JsonNode)Vector(values(from, to)))]))]);
        return new JsonObject
        {
            [TermsName] = Texts(logits.Covariates.Names.Prepend("(Intercept)")),
            [CoefficientsName] = Each((from, to) => [.. Enumerable.Range(0, terms).Select(term => logits[from, to, term])]),
            [StandardName] = Each((from, to) => logits.Standard.AsSpan().Slice((from * states + to) * terms, terms).ToArray()),
            [CentersName] = Vector(logits.Covariates.Centers.AsSpan()),
            [ScalesName] = Vector(logits.Covariates.Scales.AsSpan()),
            [ReachName] = Vector(logits.Covariates.Reach.AsSpan()),
            [ColumnsName] = Texts(columns),
            [VariablesName] = Texts(design.Variables.Names),
            [LevelsName] = new JsonArray([.. design.Variables.Select(column => column.Kind == ColumnKind.Categorical ? (JsonNode)Texts(column.Levels) : null)]),
        };
    }

    private static TransitionLogits Read(JsonObject logits, int states, JsonObject parameters)
    {
        string[] names = Texts(logits[TermsName])[1..];
        TransitionCovariates covariates = new(names, Numbers(logits[CentersName]), Numbers(logits[ScalesName]), Numbers(logits[ReachName]));
        return parameters[DurationsName] is null
            ? new TransitionLogits(covariates, states, [.. logits[StandardName]!.AsArray().SelectMany(row => row!.AsArray().SelectMany(Numbers))])
            : throw new FormatException($"both \"{LogitsName}\" and \"{DurationsName}\"");
    }

    private static JsonObject Write(IReadOnlyList<Duration> durations)
    {
        DurationFamily family = durations[0].Family;
        JsonObject written = new() { [FamilyName] = family.Name, [LongestName] = family.Longest };
        if (family.Name == DurationFamily.Nonparametric(1).Name)
        {
            written[ProbabilitiesName] = new JsonArray([.. durations.Select(duration => (JsonNode)Vector(duration.Parameters.AsSpan()))]);
        }
        else
        {
            for (int index = 0; index < family.ParameterNames.Count; index++)
            {
                int own = index;
                written[family.ParameterNames[index]] = Vector([.. durations.Select(duration => duration.Parameters[own])]);
            }
        }
        written[MeanName] = Vector([.. durations.Select(duration => duration.Mean)]);
        return written;
    }

    /// <summary>The durations of all states.</summary>
    private static Duration[] Read(JsonObject durations, int states)
    {
        string name = durations[FamilyName]!.GetValue<string>();
        DurationFamily family = DurationFamily.Of(name, durations[LongestName]!.GetValue<int>()) ?? throw new FormatException($"durations of a family '{name}'");
        double[][] parameters = durations[ProbabilitiesName] is JsonArray probabilities
            ? [.. probabilities.Select(Numbers)]
            : [.. Enumerable.Range(0, states).Select(state => (double[])[.. family.ParameterNames.Select(own => Numbers(durations[own])[state])])];
        return [.. parameters.Select(own => family.Create(own))];
    }

    private static JsonArray Rows(ReadOnlySpan<double> values, int width)
    {
        JsonArray rows = [];
        for (int first = 0; first < values.Length; first += width)
        {
            rows.Add((JsonNode)Vector(values.Slice(first, width)));
        }
        return rows;
    }

    private static JsonArray Vector(ReadOnlySpan<double> values) => new([.. values.ToArray().Select(value => (JsonNode)JsonValue.Create(value))]);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);

    private static double[] Numbers(JsonNode? node) => [.. node!.AsArray().Select(value => value!.GetValue<double>())];

    private static string[] Texts(JsonNode? node) => [.. node!.AsArray().Select(value => value!.GetValue<string>())];
}
