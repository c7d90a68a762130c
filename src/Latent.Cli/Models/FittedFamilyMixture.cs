using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>A mixture of any family, latent classes among them, as the command uses it.</summary>
internal sealed class FittedFamilyMixture(ModelKind kind, FittedMixture<Product> mixture, IReadOnlyList<FamilyChoice> choices, Schema schema) : FittedModel
{
    /// <summary>The mixture.</summary>
    public FittedMixture<Product> Mixture => mixture;

    /// <summary>The families of its columns.</summary>
    public IReadOnlyList<FamilyChoice> Choices => choices;

    /// <summary>Figures beside those of every fit.</summary>
    public IReadOnlyDictionary<string, double> OwnFigures { get; init; } = new Dictionary<string, double>();

    /// <summary>What is held, bounded or shared in the components, as text; empty for nothing.</summary>
    public string Constraints { get; init; } = "";

    public override ModelKind Kind => kind;

    public override string Title => kind is LatentClassKind ? kind.Title
        : Family == FamilyColumns.Mixed ? "Mixture of columns of several kinds" : $"Mixture of {Family} components";

    public override IReadOnlyList<string> Columns => schema.Names;

    public override int Components => mixture.Weights.Length;

    public override string ComponentWord => kind switch { LatentClassKind => "class", HiddenMarkovKind => "state", _ => "component" };

    public override IReadOnlyDictionary<string, double> Figures => OwnFigures;

    public override IReadOnlyDictionary<string, string> Settings => MixtureSettings.Of(
        mixture, [(FamilyMixtureFile.FamilySetting, Family), (FamilyMixtureFile.TypesSetting, string.Join(',', choices)),
        .. Constraints.Length == 0 ? ((string, string)[])[] : [(FamilyMixtureFile.ConstraintsSetting, Constraints)]]);

    private string Family => choices.All(choice => choice.Name == choices[0].Name) ? choices[0].Name : FamilyColumns.Mixed;

    public override JsonElement Parameters() => FamilyMixtureFile.ParametersOf(mixture, choices, schema);

    public override DataOptions Prepare(DataOptions options) => schema.HasCategories
        ? options with { TextCells = schema.All(column => column.Kind == ColumnKind.Categorical) ? TextCells.AllCategories : TextCells.Categories }
        : options;

    public override IReadOnlyList<string>? Levels(int column) => schema[column].Kind == ColumnKind.Categorical ? schema[column].Levels : null;

    public override Prediction Predict(IRowSource rows, int threads)
    {
        RowSource coded = CategoryCodes.Of((RowSource)rows, schema);
        double[] responsibilities = mixture.Responsibilities(coded, threads);
        return new Prediction(mixture.Predict(coded, threads), [.. Enumerable.Range(1, Components).Select(k => $"p{k}")], responsibilities);
    }

    public override RowScores Score(IRowSource rows, int threads)
    {
        RowSource coded = CategoryCodes.Of((RowSource)rows, schema);
        return new("logLikelihood", mixture.Score(coded, threads), mixture.LogDensity(coded, threads));
    }

    public override RowColumns Outliers(IRowSource rows, int threads) =>
        RowColumns.Of(("densityTail", OutlierScores.DensityTail(mixture, CategoryCodes.Of((RowSource)rows, schema), threads: threads)));

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) => mixture.Sample(count, seed);

    /// <summary>A line per parameter of a column (or category), the components side by side.</summary>
    public override IEnumerable<Section> Describe(int width, bool full)
    {
        const int MostRows = 200;
        ProductFamily family = (ProductFamily)mixture.Model.Family;
        IReadOnlyList<NaturalParameter> names = family.NaturalParameters(1, schema.Names);
        double[][] values = [.. mixture.Components.Select(component =>
        {
            double[] own = new double[names.Count];
            family.WriteNaturalParameters(component, own);
            return own;
        })];
        TextTable table = new(["<parameter", .. Enumerable.Range(1, Components).Select(k => $"{ComponentWord} {k}")]);
        table.Add(["(weight)", .. mixture.Weights.Select(Numbers.Percent)]);
        int shown = full ? names.Count : Math.Min(names.Count, MostRows);
        for (int j = 0; j < shown; j++)
        {
            table.Add([Row(names[j].Name), .. values.Select(own => Numbers.Short(own[j], 4))]);
        }
        yield return new Section(null, table) { Footer = shown < names.Count ? $"{Numbers.Count(names.Count - shown, "more parameter")}: --full." : null };
    }

    // "rate[1, x]" is "rate x" in a table whose columns are the components.
    private static string Row(string name)
    {
        int open = name.IndexOf("[1, ", StringComparison.Ordinal);
        return open < 0 ? name : $"{name[..open]} {name[(open + 4)..^1]}";
    }
}
