using System.CommandLine;
using Latent.Cli.Commands;
using Latent.IO;
using Latent.Nonparametric;

namespace Latent.Cli.Models;

/// <summary>The nonparametric estimate from interval-censored events on the command line.</summary>
internal sealed class TurnbullKind : ModelKind
{
    private readonly Option<string?> _left = Parse.Text("--left", [], "The column of left ends: the event was not before or at it. Empty: no left end.", "COLUMN");
    private readonly Option<string?> _right = Parse.Text("--right", [], "The column of right ends: the event was at it or before. Equal to the left: at that very time. Empty: not yet.", "COLUMN");

    public override string Name => TurnbullFile.ModelName;

    public override string Title => "Nonparametric distribution of interval-censored events";

    public override string Summary => "Events known to lie in intervals (left, right]; finds the distribution's masses without a form for it, with a certificate.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "preview");

    public override IReadOnlyList<Option> Options => [_left, _right];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed) => options with
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
        TurnbullFit fit = TurnbullEstimate.Fit(job.Table.Rows, job.Apply(EmOptions.Default), job.Cancellation);
        FitFigures figures = FitFigures.Of(fit.Result, job.Table.Rows.Rows) with { LogLikelihood = fit.LogLikelihood };
        FittedTurnbull model = new(this, fit.Estimate, job.Table.Rows.Schema.Names);
        return new ModelFit(model, figures, FitWarnings.Of(figures, model, true, job.Settings));
    }

    public override FittedModel Load(ModelFile file) => new FittedTurnbull(this, file.ToTurnbullEstimate(), file.Columns);
}
