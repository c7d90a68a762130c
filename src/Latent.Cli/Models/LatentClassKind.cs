using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>Latent class analysis on the command line.</summary>
internal sealed class LatentClassKind : ModelKind
{
    private readonly Option<int?> _components = Parse.Integer("--components", ["-k"], "The number of classes.", 1);
    private readonly Option<string?> _init = Parse.Word("--init", "What makes the starts. Default: several kinds by turns.", [.. MixtureInitializer.Names]);
    private readonly Option<string?> _startLabels = Parse.Text("--start-labels", [], "Start from the partition in this column, which is then no item.", "COLUMN");
    private readonly KnowledgeArguments _knowledge = new(noise: false);
    private readonly Option<string?> _covariates = Parse.Text("--covariates", [], "What class membership depends on, as in R: terms of columns that are then no items. Standard errors and p-values come with it.", "\"~ z\"");
    private readonly Option<string?> _threeStep = Parse.Word("--three-step", "With --covariates: classes first, then the covariates, corrected for wrong assignments by their table (bch) or by likelihood (ml); none leaves them wrong. Default: all in one step.", "bch", "ml", "none");
    private readonly StandardErrorArguments _standardErrors = new();

    public override string Name => FamilyMixtureFile.LatentClassName;

    public override string Title => "Latent classes";

    public override string Summary => "Rows of categorical items, as text or codes, come from several classes; finds their sizes and what each answers.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "preview");

    public override IReadOnlyList<Option> Options => [_components, _init, _startLabels, .. _knowledge.Options, _covariates, _threeStep, _standardErrors.Method];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed)
    {
        options = _knowledge.Prepare(options, parsed) with { TextCells = TextCells.AllCategories };
        if (Covariates(parsed) is { } covariates)
        {
            // Numbers among the covariates stay numbers; items become categories where they are fitted.
            options = options with
            {
                TextCells = TextCells.Categories,
                Columns = options.Columns is { } columns ? [.. columns.Union(covariates.Variables, StringComparer.Ordinal)] : null,
            };
        }
        else if (parsed.GetValue(_threeStep) is not null)
        {
            throw new UsageException("Expected --covariates \"~ z\" with --three-step, found none.");
        }
        return parsed.GetValue(_startLabels) is { } labels ? options with { Text = [.. options.Text, labels] } : options;
    }

    public override ModelFit Fit(FitJob job)
    {
        (RowTable table, IReadOnlyList<string> names) = _knowledge.Read(job.Table, job.Arguments);
        job = job with { Table = table };
        RowSource rows = table.Rows;
        CovariateDesign? design = Covariates(job.Arguments) is { } formula ? new CovariateDesign(formula, rows.Schema) : null;
        RowSource covariates = design?.Of(rows) ?? rows;
        rows = design is null ? rows : Items(rows, design);
        LatentClassOptions options = FamilyFits.Options(job, _knowledge.Apply<LatentClassOptions, Product>(new LatentClassOptions(), job.Arguments), job.Arguments.GetValue(_init), job.Arguments.GetValue(_startLabels) is not null, Name, rows.Schema.Names);
        if (design is not null && (names.Count > 0 || options.EqualWeights))
        {
            throw new UsageException("Expected --covariates without labels and without equal weights, found both. Leave one out.");
        }
        int? started = options.Start?.Count ?? (options.StartLabels is null ? null : job.Table.Text[0].Levels.Count);
        int classes = KnowledgeArguments.Components(job.Components ?? job.Arguments.GetValue(_components), started, names, "classes");
        if (design is not null && job.Arguments.GetValue(_threeStep) is null)
        {
            LatentClassRegressionFit oneStep = LatentClass.FitWithCovariates(rows, covariates, classes, options, job.Cancellation);
            return LatentClassFits.OneStep(this, oneStep, design, job, _standardErrors);
        }
        LatentClassFit fit = LatentClass.Fit(rows, classes, options, job.Cancellation);
        if (design is not null)
        {
            ThreeStepCorrection correction = job.Arguments.GetValue(_threeStep) switch { "bch" => ThreeStepCorrection.Bch, "ml" => ThreeStepCorrection.MaximumLikelihood, _ => ThreeStepCorrection.None };
            return LatentClassFits.ThreeStep(this, fit, LatentClassThreeStep.Fit(fit, covariates, correction, cancellation: job.Cancellation), design, job, _standardErrors);
        }
        FamilyChoice[] choices = [.. rows.Schema.Select(_ => new FamilyChoice("categorical"))];
        return FamilyFits.Found(this, fit.Fit, choices, rows, started is not null, job, _standardErrors, names, LatentClassFits.Figures(fit)) with { Classes = fit };
    }

    public override FittedModel Load(ModelFile file)
    {
        if (file.Settings.ContainsKey(LatentClassRegressionFile.CovariatesSetting))
        {
            (LatentClassRegression model, double[] sizes, Schema items, CovariateDesign design) = file.ToLatentClassRegression();
            return new FittedLatentClassRegression(this, model, sizes, items, design);
        }
        (FittedMixture<Product> mixture, IReadOnlyList<FamilyChoice> choices, Schema schema) = file.ToFamilyMixture();
        return new FittedFamilyMixture(this, mixture, choices, schema);
    }

    private ModelFormula? Covariates(ParseResult parsed)
    {
        try
        {
            return parsed.GetValue(_covariates) is { } text ? ModelFormula.Parse(text) : null;
        }
        catch (FormatException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }

    private static RowSource Items(RowSource rows, CovariateDesign design)
    {
        string[] names = [.. rows.Schema.Names.Except(design.Variables.Names, StringComparer.Ordinal)];
        return names.Length > 0
            ? LatentClass.Categorize(rows.Select(names))
            : throw new UsageException($"Expected items beside the covariates {string.Join(", ", design.Variables.Names)}, found none. Name them with --columns.");
    }
}
