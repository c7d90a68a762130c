using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Factors;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>Factor analysis and probabilistic principal components on the command line.</summary>
internal sealed class FactorKind(bool isotropic) : ModelKind
{
    private readonly Option<int?> _factors = Parse.Integer("--factors", ["-k", "--components"], "The number of factors.", 1);

    private readonly Option<string?> _rotation = Parse.Word(
        "--rotation", "How loadings are turned for reading: not at all (none, the default: factors in the order of what they explain), or to few large ones (varimax).", "none", "varimax");

    public override string Name => isotropic ? FactorFile.ComponentsName : FactorFile.AnalysisName;

    public override string Title => isotropic ? "Probabilistic principal components" : "Factor analysis";

    public override string Summary => isotropic
        ? "A few hidden factors and noise of the same size in every column; values may be missing."
        : "A few hidden factors behind the correlations of many columns, and what is unique to each column; values may be missing.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "stable");

    public override IReadOnlyList<Option> Options => [_factors, _rotation];

    public override ModelFit Fit(FitJob job)
    {
        if (job.Settings.Starts > 1)
        {
            throw new UsageException($"Expected one start for {Name}, which begins at the principal axes, found --starts {job.Settings.Starts}. Leave the option out, or give one with --start.");
        }
        FactorParameters? start = job.Settings.Start is { } path
            ? ((FittedFactors)Starts.Model(path, Name, job.Table.Rows.Schema.Names)).Model.Parameters
            : null;
        int factors = Starts.Components(job.Arguments.GetValue(_factors), start?.Factors, "factors");
        FactorAnalysisOptions options = job.Apply(new FactorAnalysisOptions()) with
        {
            IsIsotropic = isotropic,
            Start = start,
            Rotation = job.Arguments.GetValue(_rotation) == "varimax" ? FactorRotation.Varimax : FactorRotation.None,
        };
        if (factors >= job.Table.Rows.Columns)
        {
            throw new UsageException($"Expected fewer factors than the {job.Table.Rows.Columns} columns, found -k {factors}.");
        }
        FactorAnalysisFit fit = FactorAnalysis.Fit(job.Table.Rows, factors, options, job.Cancellation);
        FitFigures figures = FitFigures.Of(fit.Result, fit.Data.Rows) with
        {
            LogLikelihood = fit.LogLikelihood,
            FreeParameters = fit.FreeParameters,
            Aic = fit.Aic,
            Bic = fit.Bic,
        };
        FittedFactors model = new(this, fit, isotropic);
        return new ModelFit(model, figures, FitWarnings.Of(figures, model, given: true, job.Settings));
    }

    public override FittedModel Load(ModelFile file) => new FittedFactors(this, file.ToFactorAnalysis(), isotropic);
}
