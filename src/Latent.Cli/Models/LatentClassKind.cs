using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>Latent class analysis on the command line.</summary>
internal sealed class LatentClassKind : ModelKind
{
    private readonly Option<int?> _components = Parse.Integer("--components", ["-k"], "The number of classes.", 1);
    private readonly Option<string?> _init = Parse.Word("--init", "What makes the starts. Default: several kinds by turns.", [.. MixtureInitializer.Names]);
    private readonly Option<string?> _startLabels = Parse.Text("--start-labels", [], "Start from the partition in this column, which is then no item.", "COLUMN");
    private readonly KnowledgeArguments _knowledge = new(noise: false);
    private readonly StandardErrorArguments _standardErrors = new();

    public override string Name => FamilyMixtureFile.LatentClassName;

    public override string Title => "Latent classes";

    public override string Summary => "Rows of categorical items, as text or codes, come from several classes; finds their sizes and what each answers.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "preview");

    public override IReadOnlyList<Option> Options => [_components, _init, _startLabels, .. _knowledge.Options, _standardErrors.Method];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed)
    {
        options = _knowledge.Prepare(options, parsed) with { TextCells = TextCells.AllCategories };
        return parsed.GetValue(_startLabels) is { } labels ? options with { Text = [.. options.Text, labels] } : options;
    }

    public override ModelFit Fit(FitJob job)
    {
        (RowTable table, IReadOnlyList<string> names) = _knowledge.Read(job.Table, job.Arguments);
        job = job with { Table = table };
        RowSource rows = table.Rows;
        LatentClassOptions options = FamilyFits.Options(job, _knowledge.Apply<LatentClassOptions, Product>(new LatentClassOptions(), job.Arguments), job.Arguments.GetValue(_init), job.Arguments.GetValue(_startLabels) is not null, Name, rows.Schema.Names);
        int? started = options.Start?.Count ?? (options.StartLabels is null ? null : job.Table.Text[0].Levels.Count);
        int classes = KnowledgeArguments.Components(job.Components ?? job.Arguments.GetValue(_components), started, names, "classes");
        LatentClassFit fit = LatentClass.Fit(rows, classes, options, job.Cancellation);
        FamilyChoice[] choices = [.. rows.Schema.Select(_ => new FamilyChoice("categorical"))];
        Dictionary<string, double> figures = new()
        {
            ["gSquared"] = fit.GSquared,
            ["chiSquare"] = fit.ChiSquare,
            ["degreesOfFreedom"] = fit.DegreesOfFreedom,
            ["entropyRSquared"] = fit.EntropyRSquared,
        };
        return FamilyFits.Found(this, fit.Fit, choices, rows, started is not null, job, _standardErrors, names, figures);
    }

    public override FittedModel Load(ModelFile file)
    {
        (FittedMixture<Product> mixture, IReadOnlyList<FamilyChoice> choices, Schema schema) = file.ToFamilyMixture();
        return new FittedFamilyMixture(this, mixture, choices, schema);
    }
}
