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
    private readonly Option<int?> _components = Parse.Integer("--components", ["-k"], "The number of components.", 1);
    private readonly Option<string?> _family = Parse.Text(
        "--family", [], $"What a column is like within a component: {string.Join(", ", FamilyCatalog.Names)}; or mixed. Some take numbers, as binomial:14 (trials) or truncated-normal:0:10 (window).", "NAME");
    private readonly Option<string[]> _types = Parse.Names("--types", "With --family mixed: the family of columns, others being normal or, where they hold text, categorical. x+y=gaussian makes a block with correlations.", "a=NAME,…");
    private readonly Option<string?> _censored = Parse.Text("--censored", [], "With exponential, weibull or normal: the column that is 0 where the value was observed, 1 where the true one is larger (and -1 where it is smaller).", "COLUMN");
    private readonly Option<string?> _init = Parse.Word("--init", "What makes the starts. Default: several kinds by turns.", [.. MixtureInitializer.Names]);
    private readonly Option<string?> _startLabels = Parse.Text("--start-labels", [], "Start from the partition in this column, which is then no data.", "COLUMN");
    private readonly KnowledgeArguments _knowledge = new(noise: false, trim: true);
    private readonly StandardErrorArguments _standardErrors = new();

    public override string Name => FamilyMixtureFile.ModelName;

    public override string Title => "Mixture of any family";

    public override string Summary => "Rows come from several distributions of counts, positive values, categories, directions or columns of several kinds.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "preview");

    public override IReadOnlyList<Option> Options => [_components, _family, _types, _censored, _init, _startLabels, .. _knowledge.Options, _standardErrors.Method];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed)
    {
        string family = Family(parsed);
        options = _knowledge.Prepare(options, parsed);
        options = options with { TextCells = family == "categorical" ? TextCells.AllCategories : family == FamilyColumns.Mixed ? TextCells.Categories : options.TextCells };
        if (parsed.GetValue(_startLabels) is { } labels)
        {
            options = options with { Text = [.. options.Text, labels] };
        }
        return parsed.GetValue(_censored) is { } censored && options.Columns is { } columns && !columns.Contains(censored) ? options with { Columns = [.. columns, censored] } : options;
    }

    /// <summary>A selection takes several, separated by commas.</summary>
    public override IReadOnlyList<string?> FamiliesOf(ParseResult parsed) => Family(parsed).Split(',', StringSplitOptions.TrimEntries);

    public override ModelFit Fit(FitJob job)
    {
        (RowTable table, IReadOnlyList<string> names) = _knowledge.Read(job.Table, job.Arguments);
        job = job with { Table = table };
        _knowledge.Check(job.Arguments, _standardErrors);
        RowSource rows = Categorized(job.Table.Rows, job.Arguments.GetValue(_types) ?? []);
        (rows, FamilyChoice[] choices) = FamilyColumns.Of(rows, job.Family ?? Family(job.Arguments), job.Arguments.GetValue(_types) ?? [], job.Arguments.GetValue(_censored));
        MixtureOptions<Product> options = FamilyFits.Options(job, _knowledge.Apply<MixtureOptions<Product>, Product>(new MixtureOptions<Product>(), job.Arguments), job.Arguments.GetValue(_init), job.Arguments.GetValue(_startLabels) is not null, Name, rows.Schema.Names);
        int? started = options.Start?.Count ?? (options.StartLabels is null ? null : job.Table.Text[0].Levels.Count);
        int components = KnowledgeArguments.Components(job.Components ?? job.Arguments.GetValue(_components), started, names, "components");
        ProductFamily family = FamilyCatalog.Create(choices, rows.Schema, ColumnRange.Of(rows));
        FamilyFits.Check(family, rows, job.Table);
        MixtureFit<Product> fit = Mixture.Fit(family, rows, components, options, job.Cancellation);
        return FamilyFits.Found(this, fit, choices, rows, started is not null, job, _standardErrors, names);
    }

    public override FittedModel Load(ModelFile file)
    {
        (FittedMixture<Product> mixture, IReadOnlyList<FamilyChoice> choices, Schema schema) = file.ToFamilyMixture();
        return new FittedFamilyMixture(this, mixture, choices, schema);
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
