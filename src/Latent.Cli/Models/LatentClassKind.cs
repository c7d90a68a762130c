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
    private readonly MixtureArguments _mixture = new(word: "classes");
    private readonly Option<string?> _covariates = Parse.Text("--covariates", [], "What class membership depends on, as in R: terms of columns that are then no items. Standard errors and p-values come with it.", "\"~ z\"");
    private readonly Option<string?> _threeStep = Parse.Word("--three-step", "With --covariates: classes first, then the covariates, corrected for wrong assignments by their table (bch) or by likelihood (ml); none leaves them wrong. Default: all in one step.", "bch", "ml", "none");
    private readonly StandardErrorArguments _standardErrors = new();

    public override string Name => FamilyMixtureFile.LatentClassName;

    public override string Title => "Latent classes";

    public override string Summary => "Rows of categorical items, as text or codes, come from several classes; finds their sizes and what each answers.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "stable");

    public override IReadOnlyList<Option> Options => [.. _mixture.Around(), _covariates, _threeStep, _standardErrors.Method];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed)
    {
        options = _mixture.Prepare(options, parsed) with { TextCells = TextCells.AllCategories };
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
        return options;
    }

    public override ModelFit Fit(FitJob job)
    {
        (job, IReadOnlyList<string> names) = _mixture.Read(job);
        RowSource rows = job.Table.Rows;
        CovariateDesign? design = Covariates(job.Arguments) is { } formula ? new CovariateDesign(formula, rows.Schema) : null;
        RowSource covariates = design?.Of(rows) ?? rows;
        rows = design is null ? rows : Items(rows, design);
        (LatentClassOptions options, int? started) = FamilyFits.Options(new LatentClassOptions(), _mixture, job, this, rows.Schema.Names);
        if (design is not null && (names.Count > 0 || options.EqualWeights || options.WeightPrior != 1))
        {
            throw new UsageException("Expected --covariates without labels, equal weights and --weight-prior, found both. Leave one out.");
        }
        int classes = _mixture.Components(job, started, names);
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
        return FamilyFits.Found(this, fit.Fit, choices, rows, _mixture.IsGiven(job, started), job, _standardErrors, names, LatentClassFits.Figures(fit)) with { Classes = fit };
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
