using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Nonparametric;

namespace Latent.Cli.Models;

/// <summary>The nonparametric estimate from interval-censored events on the command line.</summary>
internal sealed class TurnbullKind : ModelKind
{
    private readonly Option<string?> _left = Parse.Text("--left", [], "The column of left ends: the event was not before or at it. Empty: no left end.", "COLUMN");
    private readonly Option<string?> _right = Parse.Text("--right", [], "The column of right ends: the event was at it or before. Equal to the left: at that very time. Empty: not yet.", "COLUMN");

    private readonly Option<string?> _family = Parse.Text(
        "--family", [], "Instead of intervals: the mixing distribution of poisson, binomial[:N], geometric, exponential or normal:DEVIATION in the one column of data. The result is a mixture of the points that have mass.", "NAME");

    public override string Name => TurnbullFile.ModelName;

    public override string Title => "Nonparametric distribution of interval-censored events";

    public override string Summary => "Events known to lie in intervals (left, right]; finds the distribution's masses without a form for it, with a certificate.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "preview");

    public override IReadOnlyList<Option> Options => [_left, _right, _family];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed) => parsed.GetValue(_family) is not null
        ? parsed.GetValue(_left) is null && parsed.GetValue(_right) is null ? options : throw new UsageException("Expected --family or --left and --right for npmle, found both. Leave one out.")
        : options with
        {
            Columns =
            [
                parsed.GetValue(_left) ?? throw new UsageException("Expected --left COLUMN and --right COLUMN for npmle, found no --left."),
                parsed.GetValue(_right) ?? throw new UsageException("Expected --left COLUMN and --right COLUMN for npmle, found no --right."),
            ],
            AllowEmptyColumns = true,
        };

    public override ModelFit Fit(FitJob job)
    {
        if (job.Settings.Start is not null)
        {
            throw new UsageException("Expected no --start for npmle, found one. Leave it out: the likelihood is concave.");
        }
        if (job.Arguments.GetValue(_family) is { } family)
        {
            return Mixing(family, job);
        }
        TurnbullFit fit = TurnbullEstimate.Fit(job.Table.Rows, job.Apply(EmOptions.Default), job.Cancellation);
        FitFigures figures = FitFigures.Of(fit.Result, job.Table.Rows.Rows) with { LogLikelihood = fit.LogLikelihood };
        FittedTurnbull model = new(this, fit.Estimate, job.Table.Rows.Schema.Names);
        return new ModelFit(model, figures, FitWarnings.Of(figures, model, true, job.Settings));
    }

    private static ModelFit Mixing(string family, FitJob job)
    {
        RowSource rows = job.Table.Rows;
        if (rows.Columns != 1)
        {
            throw new UsageException($"Expected one column for npmle --family, found {rows.Columns}. Choose it with --columns.");
        }
        if (job.Settings.Checkpoint is not null)
        {
            throw new UsageException("Expected no --checkpoint with npmle --family, found one: a fit takes some dozen steps on the distinct values. Leave it out.");
        }
        MixingFit fit = MixingEstimate.Fit(Kernel(family, rows), rows, job.Apply(EmOptions.Default), job.Cancellation);
        FitFigures figures = FitFigures.Of(fit.Result, rows.Rows) with { LogLikelihood = fit.LogLikelihood, Weight = rows.TotalWeight };
        FittedFamilyMixture model = new(ModelRegistry.Find(FamilyMixtureFile.ModelName)!, fit.Mixture, [fit.Kernel.Choice], rows.Schema);
        return new ModelFit(model, figures, FitWarnings.Of(figures, model, true, job.Settings));
    }

    private static MixingKernel Kernel(string family, RowSource rows)
    {
        try
        {
            FamilyChoice choice = FamilyChoice.Parse(family);
            return (choice.Name, choice.Arguments.Count) switch
            {
                ("poisson", 0) => MixingKernel.Poisson(),
                ("geometric", 0) => MixingKernel.Geometric(),
                ("exponential", 0) => MixingKernel.Exponential(),
                ("binomial", <= 1) => MixingKernel.Binomial((int)FamilyCatalog.Resolve(choice, ColumnRange.Of(rows)[0]).Arguments[0]),
                ("normal", 1) => MixingKernel.Normal(choice.Arguments[0]),
                _ => throw new UsageException($"Expected poisson, binomial[:N], geometric, exponential or normal:DEVIATION for npmle --family, found '{family}'."),
            };
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }

    public override FittedModel Load(ModelFile file) => new FittedTurnbull(this, file.ToTurnbullEstimate(), file.Columns);
}
