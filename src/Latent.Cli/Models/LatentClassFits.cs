using Latent.Cli.Output;
using Latent.Mixtures;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>Fits of latent classes as the command knows them.</summary>
internal static class LatentClassFits
{
    /// <summary>How well classes reproduce the table of patterns, and how sure rows are of theirs.</summary>
    public static Dictionary<string, double> Figures(LatentClassFit fit) => new()
    {
        ["gSquared"] = fit.GSquared,
        ["chiSquare"] = fit.ChiSquare,
        ["degreesOfFreedom"] = fit.DegreesOfFreedom,
        ["entropyRSquared"] = fit.EntropyRSquared,
    };

    /// <summary>Classes and covariates at once.</summary>
    public static ModelFit OneStep(ModelKind kind, LatentClassRegressionFit fit, CovariateDesign design, FitJob job, StandardErrorArguments standardErrors)
    {
        FitFigures figures = FitFigures.Of(fit) with { Weight = fit.Weight, Icl = fit.Icl };
        FittedLatentClassRegression model = new(kind, fit.Result.Parameters, fit.Sizes(), fit.Items.Schema, design)
        {
            OwnFigures = new Dictionary<string, double> { ["entropyRSquared"] = fit.EntropyRSquared },
        };
        return Found(model, figures, standardErrors.Of(job, fit.StandardErrors, null, "information"), job);
    }

    /// <summary>Classes by themselves, whose figures these are, then the covariates.</summary>
    public static ModelFit ThreeStep(ModelKind kind, LatentClassFit fit, ThreeStepFit third, CovariateDesign design, FitJob job, StandardErrorArguments standardErrors)
    {
        FitFigures figures = FitFigures.Of(fit.Result, fit.Items.Rows) with
        {
            Weight = fit.Fit.Data.Weight,
            LogLikelihood = fit.LogLikelihood,
            FreeParameters = fit.FreeParameters,
            Aic = fit.Aic,
            Bic = fit.Bic,
            Icl = fit.Icl,
        };
        FittedLatentClassRegression model = new(kind, new LatentClassRegression(third.Coefficients, fit.Probabilities), fit.Weights, fit.Items.Schema, design) { OwnFigures = Figures(fit) };
        return Found(model, figures, standardErrors.Of(job, (options, _) => third.StandardErrors(options.Confidence), null, "sandwich"), job);
    }

    private static ModelFit Found(FittedModel model, FitFigures figures, ParameterEstimates? errors, FitJob job) =>
        new(model, figures, [.. FitWarnings.Of(figures, model, false, job.Settings), .. StandardErrorTable.Warnings(errors)]) { StandardErrors = errors };
}
