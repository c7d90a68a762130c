using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.Incomplete;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>The multivariate normal distribution with missing values on the command line.</summary>
internal sealed class MultivariateNormalKind : ModelKind
{
    private readonly Option<double?> _ridge = Parse.NonNegative(
        "--ridge", "Shrink covariances towards zero as this many more rows with independent columns would; about 1 % of the rows helps where columns nearly depend on each other. Default 0.");

    private readonly StandardErrorArguments _standardErrors = new();

    public override string Name => MultivariateNormalFile.ModelName;

    public override string Title => "Multivariate normal distribution";

    public override string Summary => "Means and covariances of columns in which values are missing: exact maximum likelihood; fills rows by what their other values say.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "stable");

    public override IReadOnlyList<Option> Options => [_ridge, _standardErrors.Method];

    public override ModelFit Fit(FitJob job)
    {
        if (job.Settings.Starts > 1)
        {
            throw new UsageException($"Expected one start for mvn, whose likelihood is climbed from the observed cells' means, found --starts {job.Settings.Starts}. Leave the option out.");
        }
        MultivariateNormalOptions options = job.Apply(new MultivariateNormalOptions()) with { Ridge = job.Arguments.GetValue(_ridge) ?? 0 };
        if (job.Settings.Start is { } path)
        {
            options = options with { Start = ((FittedMultivariateNormal)Starts.Model(path, Name, job.Table.Rows.Schema.Names)).Normal.Distribution };
        }
        MultivariateNormalFit fit = MultivariateNormal.Fit(job.Table.Rows, options, job.Cancellation);
        FitFigures figures = FitFigures.Of(fit.Result, fit.Data.Rows) with
        {
            LogLikelihood = fit.LogLikelihood,
            FreeParameters = fit.FreeParameters,
            Aic = fit.Aic,
            Bic = fit.Bic,
        };
        FittedMultivariateNormal model = new(this, fit, fit.Data);
        ParameterEstimates? errors = _standardErrors.Of(
            job, (how, cancellation) => fit.StandardErrors(job.Table.Rows, how, cancellation), (how, cancellation) => fit.Bootstrap(job.Table.Rows, how, cancellation));
        return new ModelFit(model, figures, [.. FitWarnings.Of(figures, model, false, job.Settings), .. Warnings(fit), .. StandardErrorTable.Warnings(errors)]) { StandardErrors = errors };
    }

    public override FittedModel Load(ModelFile file) => new FittedMultivariateNormal(this, file.ToMultivariateNormal());

    /// <summary>What the missing cells leave unknown.</summary>
    internal static IEnumerable<string> Warnings(MultivariateNormalFit fit)
    {
        if (fit.RowsWithoutValues > 0)
        {
            yield return $"{Numbers.Count(fit.RowsWithoutValues, "row")} without any value had no part in the fit.";
        }
        if (fit.NeverTogether.Count > 0)
        {
            (string first, string second) = fit.NeverTogether[0];
            string more = fit.NeverTogether.Count > 1 ? $" (nor are {fit.NeverTogether.Count - 1} more pairs of columns)" : "";
            yield return $"No row has values of both {first} and {second}{more}: what is said of their correlation, other columns given, comes from the start and not from the data.";
        }
    }
}
