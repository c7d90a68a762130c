using System.Globalization;
using System.Text.Json;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;
using Latent.Topics;

namespace Latent.Cli.Models;

/// <summary>A topic model as the command uses it. Its data are documents, not rows: <see cref="TopicCommands"/> reads them.</summary>
internal sealed class FittedTopics(TopicKind kind, TopicModel model, TokenOptions tokens) : FittedModel
{
    private const string GramsSetting = "ngrams";
    private const string LengthSetting = "minLength";
    private const string CaseSetting = "lowerCase";
    private const string NumbersSetting = "numbers";
    private const int TableWords = 10;
    private const int FullWords = 30;
    private const int Gap = 3;

    /// <summary>The model.</summary>
    public TopicModel Topics => model;

    /// <summary>How text becomes words of this model. Common words that it does not have are nothing to tell of.</summary>
    public FittedCorpus Corpus => new(TopicModelFile.WordsOf(model), tokens with { StopWords = [.. StopWords.English.Except(TopicModelFile.WordsOf(model))] });

    /// <summary>How the words of a topic are ordered in tables.</summary>
    public TopicWordOrder Order { get; init; }

    public override ModelKind Kind => kind;

    public override string Title => model.Parameters.Inference switch
    {
        TopicInference.VariationalBayes => "Topic model by variational Bayes",
        TopicInference.VariationalEm => "Topic model by variational EM",
        _ => "Topic model by maximisation",
    };

    public override IReadOnlyList<string> Columns => TopicModelFile.WordsOf(model);

    public override int Components => model.Topics;

    public override string ComponentWord => "topic";

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        [TopicModelFile.InferenceSetting] = TopicModelFile.NameOf(model.Parameters.Inference),
        [GramsSetting] = tokens.Grams.ToString(CultureInfo.InvariantCulture),
        [LengthSetting] = tokens.LeastLength.ToString(CultureInfo.InvariantCulture),
        [CaseSetting] = tokens.LowerCase ? "true" : "false",
        [NumbersSetting] = tokens.Numbers ? "true" : "false",
    };

    /// <summary>The tokens of a saved model.</summary>
    public static TokenOptions TokensOf(ModelFile file)
    {
        TokenOptions defaults = TokenOptions.Default;
        return defaults with
        {
            Grams = Number(file, GramsSetting, defaults.Grams),
            LeastLength = Number(file, LengthSetting, defaults.LeastLength),
            LowerCase = file.Settings.GetValueOrDefault(CaseSetting, "true") == "true",
            Numbers = file.Settings.GetValueOrDefault(NumbersSetting, "false") == "true",
        };
    }

    public override JsonElement Parameters() => TopicModelFile.ParametersOf(model);

    public override Prediction Predict(IRowSource rows, int threads) => throw Documents();

    public override RowScores Score(IRowSource rows, int threads) => throw Documents();

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) => throw Documents();

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        TextTable table = new(["topic", "share", "alpha", "<words"]) { ByComponent = true };
        string[] shares = [.. model.Shares.Select(Numbers.Percent)];
        string[] alphas = [.. model.Concentration.Select(alpha => Numbers.Short(alpha, 3))];
        int left = Math.Max(20, width - 5 * Gap - "topic".Length - shares.Max(text => text.Length) - alphas.Max(text => text.Length));
        for (int topic = 0; topic < model.Topics; topic++)
        {
            table.Add($"{topic + 1}", shares[topic], alphas[topic], Line(topic, left, full));
        }
        string order = Order switch { TopicWordOrder.Probability => "by probability", TopicWordOrder.Lift => "by lift", _ => "frequent and exclusive" };
        yield return Section.Of($"Topics, their words {order}", table);
    }

    private string Line(int topic, int width, bool full)
    {
        string line = "";
        foreach (TopicWord word in model.TopWords(topic, full ? FullWords : TableWords, Order))
        {
            string longer = line.Length == 0 ? word.Word : $"{line} {word.Word}";
            if (!full && line.Length > 0 && longer.Length > width)
            {
                break;
            }
            line = longer;
        }
        return line;
    }

    private static int Number(ModelFile file, string setting, int otherwise) =>
        int.TryParse(file.Settings.GetValueOrDefault(setting), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : otherwise;

    private static UsageException Documents() => new("Expected documents for a topic model, found a table of rows.");
}
