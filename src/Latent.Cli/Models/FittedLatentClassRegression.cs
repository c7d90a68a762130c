using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;
using Latent.Mixtures;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>Latent classes with covariates as the command uses them.</summary>
internal sealed class FittedLatentClassRegression(ModelKind kind, LatentClassRegression model, IReadOnlyList<double> sizes, Schema items, CovariateDesign design) : FittedModel
{
    /// <summary>Figures beside those of every fit.</summary>
    public IReadOnlyDictionary<string, double> OwnFigures { get; init; } = new Dictionary<string, double>();

    public override ModelKind Kind => kind;

    public override string Title => $"{kind.Title}, sizes {design.Formula}";

    public override IReadOnlyList<string> Columns => [.. items.Names, .. design.Variables.Names];

    public override int Components => sizes.Count;

    public override string ComponentWord => "class";

    public override IReadOnlyDictionary<string, double> Figures => OwnFigures;

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { [LatentClassRegressionFile.CovariatesSetting] = design.Formula.Text };

    public override JsonElement Parameters() => LatentClassRegressionFile.ParametersOf(model, sizes, items, design);

    public override DataOptions Prepare(DataOptions options) => options with { TextCells = TextCells.Categories };

    public override bool IsEffect(string parameter) => parameter.StartsWith("coefficient[", StringComparison.Ordinal);

    public override Prediction Predict(IRowSource rows, int threads)
    {
        double[] posteriors = Evaluate(rows).Posteriors;
        return Prediction.Of(posteriors, Components, noise: false);
    }

    public override RowScores Score(IRowSource rows, int threads)
    {
        double[] density = Evaluate(rows).LogDensity;
        double total = 0;
        for (int row = 0; row < density.Length; row++)
        {
            total += rows.Weight(row) > 0 ? rows.Weight(row) * density[row] : 0;
        }
        return new RowScores("logLikelihood", total, density);
    }

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) =>
        throw new UsageException("Expected a model of whole rows to draw from, found lca with covariates, which models the items given them. Fit it without --covariates.");

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        const int MostRows = 200;
        string[] heads = [.. Enumerable.Range(1, Components).Select(k => $"class {k}")];
        TextTable table = new(["<item", .. heads]);
        table.Add(["(mean size)", .. sizes.Select(Numbers.Percent)]);
        double[][][] probabilities = model.Probabilities;
        (int Item, int Code)[] lines = [.. items.SelectMany((item, index) => Enumerable.Range(0, item.Levels.Count).Select(code => (index, code)))];
        int shown = full ? lines.Length : Math.Min(lines.Length, MostRows);
        foreach ((int item, int code) in lines.Take(shown))
        {
            table.Add([$"{items[item].Name}={items[item].Levels[code]}", .. probabilities.Select(own => Numbers.Short(own[item][code], 4))]);
        }
        yield return Section.Of("Item probabilities", table) with { Footer = shown < lines.Length ? $"{Numbers.Count(lines.Length - shown, "more probability")}: --full." : null };
        TextTable gate = new(["<term", .. heads.Skip(1)]);
        foreach ((string name, int term) in design.TermNames.Prepend("(intercept)").Select((name, term) => (name, term)))
        {
            gate.Add([name, .. model.Coefficients.Skip(1).Select(own => Numbers.Short(own[term], 5))]);
        }
        yield return Section.Of("Class membership: log-odds against class 1", gate);
    }

    private (double[] Posteriors, double[] LogDensity) Evaluate(IRowSource rows)
    {
        RowSource own = (RowSource)rows;
        return model.Evaluate(CategoryCodes.Of(own.Select([.. items.Names]), items), design.Of(own));
    }
}
