using System.Text.Json;
using Latent.Topics;

namespace Latent.IO;

/// <summary>Between topic models and saved models. The columns of the file are the vocabulary.</summary>
public static class TopicModelFile
{
    /// <summary>The name of the model in files.</summary>
    public const string ModelName = "lda";

    /// <summary>The name of the setting that says what was estimated.</summary>
    public const string InferenceSetting = "inference";

    private static readonly (string Name, TopicInference Inference)[] _inferences =
    [
        ("vb", TopicInference.VariationalBayes), ("em", TopicInference.VariationalEm), ("map", TopicInference.MaximumAPosteriori),
    ];

    /// <summary>The names of the kinds of inference.</summary>
    public static IReadOnlyList<string> InferenceNames { get; } = [.. _inferences.Select(entry => entry.Name)];

    /// <summary>The name of a kind of inference: vb, em or map.</summary>
    public static string NameOf(TopicInference inference) => Array.Find(_inferences, entry => entry.Inference == inference).Name;

    /// <summary>The kind of inference of a name, or null.</summary>
    public static TopicInference? InferenceOf(string name) => Array.Find(_inferences, entry => entry.Name == name) is { Name: not null } found ? found.Inference : null;

    /// <summary>The content of a file that holds the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">The seed of the fit.</param>
    /// <param name="fit">How the fit went.</param>
    public static ModelFile ToModelFile(this TopicModel model, ulong? seed = null, ModelFileFit? fit = null) => new()
    {
        Model = ModelName,
        Columns = WordsOf(model),
        Seed = seed,
        Settings = new Dictionary<string, string> { [InferenceSetting] = NameOf(model.Parameters.Inference) },
        Parameters = ParametersOf(model),
        Fit = fit,
    };

    /// <summary>The vocabulary in words, or the terms' numbers.</summary>
    public static IReadOnlyList<string> WordsOf(TopicModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Words ?? [.. Enumerable.Range(0, model.Vocabulary).Select(model.Word)];
    }

    /// <summary>The parameters as JSON: "alpha", "eta", the "words" of each topic in the corpus, and "topics", a row of one value per word for each: λ of variational Bayes, else probabilities.</summary>
    public static JsonElement ParametersOf(TopicModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        TopicModelParameters parameters = new()
        {
            Alpha = [.. model.Concentration],
            Eta = model.Parameters.Smoothing,
            Words = model.Parameters.Words.ToArray(),
            Topics = [.. Enumerable.Range(0, model.Topics).Select(topic => Row(model, topic))],
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.TopicModelParameters);
    }

    /// <summary>The topic model of a saved model: it infers bit for bit what the saved one did.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static TopicModel ToTopicModel(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        TopicModelParameters parameters = file.ParametersAs(ModelFileJson.Default.TopicModelParameters);
        file.Flatten(parameters.Topics, "topics", file.Columns.Count);
        TopicInference inference = InferenceOf(file.Settings.GetValueOrDefault(InferenceSetting, ""))
            ?? throw file.Invalid($"\"{InferenceSetting}\" as one of {string.Join(", ", InferenceNames)}", $"'{file.Settings.GetValueOrDefault(InferenceSetting)}'");
        try
        {
            return TopicModel.From(inference, parameters.Topics!, parameters.Alpha ?? [], parameters.Eta ?? 1, file.Columns, parameters.Words);
        }
        catch (ArgumentException cause)
        {
            throw file.Invalid("valid topics", cause.Message.TrimEnd('.'), cause);
        }
    }

    private static double[] Row(TopicModel model, int topic)
    {
        double[] row = new double[model.Vocabulary];
        for (int term = 0; term < row.Length; term++)
        {
            row[term] = model.Parameters.Value(topic, term);
        }
        return row;
    }
}

/// <summary>The parameters of a topic model in a file.</summary>
internal sealed class TopicModelParameters
{
    public double[]? Alpha { get; set; }

    public double? Eta { get; set; }

    public double[]? Words { get; set; }

    public double[][]? Topics { get; set; }
}
