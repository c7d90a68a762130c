using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>Mixtures of any family on the command line.</summary>
internal sealed class FamilyMixtureKind : ModelKind
{
    private readonly Option<string?> _family = Parse.Text(
        "--family", [], $"What a column is like within a component: {string.Join(", ", FamilyCatalog.Names)}; or mixed. Some take numbers, as binomial:14 (trials) or truncated-normal:0:10 (window).", "NAME");
    private readonly Option<string[]> _types = Parse.Names("--types", "With --family mixed: the family of columns, others being normal or, where they hold text, categorical. x+y=gaussian makes a block with correlations.", "a=NAME,…");
    private readonly Option<string?> _censored = Parse.Text("--censored", [], "With exponential, weibull or normal: the column that is 0 where the value was observed, 1 where the true one is larger (and -1 where it is smaller).", "COLUMN");
    private readonly Option<string?> _constrain = Parse.Text(
        "--constrain", [], "What is held, bounded or shared, separated by semicolons: shape=equal in all components, rate=2, rate<=5, rate>=1; rate[1]=2 in component 1, rate[x]=2 of column x, rate[1, x]=2 both. Not of categories, directions, negative-binomial, normal, lognormal and weibull.", "\"shape=equal\"");
    private readonly MixtureArguments _mixture = new(trim: true);
    private readonly StandardErrorArguments _standardErrors = new();

    public override string Name => FamilyMixtureFile.ModelName;

    public override string Title => "Mixture of any family";

    public override string Summary => "Rows come from several distributions of counts, positive values, categories, directions or columns of several kinds.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "stable");

    public override IReadOnlyList<Option> Options => [.. _mixture.Around(_family, _types, _censored, _constrain), _standardErrors.Method];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed)
    {
        string family = Family(parsed);
        options = _mixture.Prepare(options, parsed);
        options = options with { TextCells = family == "categorical" ? TextCells.AllCategories : family == FamilyColumns.Mixed ? TextCells.Categories : options.TextCells };
        return parsed.GetValue(_censored) is { } censored && options.Columns is { } columns && !columns.Contains(censored) ? options with { Columns = [.. columns, censored] } : options;
    }

    /// <summary>A selection takes several, separated by commas.</summary>
    public override IReadOnlyList<string?> FamiliesOf(ParseResult parsed) => Family(parsed).Split(',', StringSplitOptions.TrimEntries);

    public override ModelFit Fit(FitJob job)
    {
        (job, IReadOnlyList<string> names) = _mixture.Read(job);
        _mixture.Check(job, _standardErrors);
        RowSource rows = Categorized(job.Table.Rows, job.Arguments.GetValue(_types) ?? []);
        (rows, FamilyChoice[] choices) = FamilyColumns.Of(rows, job.Family ?? Family(job.Arguments), job.Arguments.GetValue(_types) ?? [], job.Arguments.GetValue(_censored));
        (MixtureOptions<Product> options, int? started) = FamilyFits.Options(new MixtureOptions<Product>(), _mixture, job, this, rows.Schema.Names);
        int components = _mixture.Components(job, started, names);
        IReadOnlyList<FamilyConstraint> constraints = FamilyConstraint.ParseAll(job.Arguments.GetValue(_constrain));
        if (constraints.FirstOrDefault(constraint => constraint.Constraint.Component >= components) is { } beyond)
        {
            throw new UsageException($"Expected constraints on the {components} components, found '{beyond}'. Use more components, or leave it out.");
        }
        ProductFamily family = FamilyCatalog.Create(choices, rows.Schema, ColumnRange.Of(rows), constraints);
        FamilyFits.Check(family, rows, job.Table);
        MixtureFit<Product> fit = Mixture.Fit(family, rows, components, options, job.Cancellation);
        return FamilyFits.Found(this, fit, choices, rows, _mixture.IsGiven(job, started), job, _standardErrors, names, constraints: FamilyConstraint.ToText(constraints));
    }

    public override FittedModel Load(ModelFile file)
    {
        (FittedMixture<Product> mixture, IReadOnlyList<FamilyChoice> choices, Schema schema) = file.ToFamilyMixture();
        return new FittedFamilyMixture(this, mixture, choices, schema) { Constraints = file.Settings.GetValueOrDefault(FamilyMixtureFile.ConstraintsSetting, "") };
    }

    private string Family(ParseResult parsed) => parsed.GetValue(_family)
        ?? throw new UsageException($"Expected --family NAME for mixture, found none. One of {string.Join(", ", FamilyCatalog.Names)}, {FamilyColumns.Mixed}.");

    /// <summary>The rows with numbers that <c>--types</c> calls categories as such.</summary>
    internal static RowSource Categorized(RowSource rows, string[] types)
    {
        string[] wanted = [.. types.Where(type => type.EndsWith("=categorical", StringComparison.Ordinal)).SelectMany(type => type[..type.LastIndexOf('=')].Split('+'))];
        return wanted.Length == 0 ? rows : LatentClass.Categorize(rows, name => wanted.Contains(name));
    }
}
