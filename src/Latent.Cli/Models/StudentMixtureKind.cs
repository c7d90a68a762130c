using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>The mixture of Student-t distributions on the command line.</summary>
internal sealed class StudentMixtureKind : ModelKind
{
    private readonly Option<string?> _covariance = Parse.Word(
        "--covariance", "What the scale matrices may be: as for gmm. Default full.", [.. GaussianMixtureFile.StructureNames]);

    private readonly Option<string[]> _covariances = Parse.Names("--covariance", "The structures of scale matrices to try: as for gmm. Default full.", "A,B,…");

    private readonly Option<string?> _sharing = Parse.Word(
        "--degrees-of-freedom", "Estimated for each component (variable, the default), one number for all (equal), or held at --freedom (fixed).", "variable", "equal", "fixed");

    private readonly Option<double?> _freedom = Parse.AtLeast("--freedom", "The degrees of freedom to start from, or to hold. Default 10.", 0.5, "NU");

    private readonly Option<string?> _prior = GaussianMixtureKind.NewPrior();

    private readonly MixtureArguments _mixture = new(noise: true, trim: true);

    private readonly StandardErrorArguments _standardErrors = new();

    public override string Name => StudentMixtureFile.ModelName;

    public override string Title => "Mixture of Student-t distributions";

    public override string Summary => "As a Gaussian mixture, but rows far from every component have little weight; finds how heavy the tails are.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "stable");

    public override IReadOnlyList<Option> Options => [.. _mixture.Around(_covariance, _sharing, _freedom, _prior), _standardErrors.Method];

    public override IReadOnlyList<Option> SearchOptions => [_covariances, .. Options.Where(option => option != _covariance)];

    public override string FamilyWord => "covariance";

    /// <summary>A selection takes several structures.</summary>
    public override IReadOnlyList<string?> FamiliesOf(ParseResult parsed) => parsed.GetResult(_covariances) is null ? base.FamiliesOf(parsed) : parsed.GetValue(_covariances)!;

    public override DataOptions Prepare(DataOptions options, ParseResult parsed) => _mixture.Prepare(options, parsed);

    public override ModelFit Fit(FitJob job)
    {
        (job, IReadOnlyList<string> names) = _mixture.Read(job);
        _mixture.Check(job, _standardErrors);
        StudentMixtureOptions options = _mixture.Apply<StudentMixtureOptions, StudentT>(new StudentMixtureOptions(), job);
        options = options with
        {
            Covariance = GaussianMixtureKind.StructureOf(job.Family ?? job.Arguments.GetValue(_covariance) ?? "full", job.Table.Rows.Columns),
            FreedomSharing = job.Arguments.GetValue(_sharing) switch { "equal" => FreedomSharing.Equal, "fixed" => FreedomSharing.Fixed, _ => FreedomSharing.Variable },
            Freedom = job.Arguments.GetValue(_freedom) ?? options.Freedom,
            Prior = GaussianMixtureKind.PriorOf(job.Arguments.GetValue(_prior)),
        };
        int? started = _mixture.Labelled(job);
        if (_mixture.Start(job, this, job.Table.Rows.Schema.Names) is FittedStudentMixture { Mixture: var start })
        {
            (options, started) = (options with { Start = start.Parameters }, start.Components.Length);
        }
        int components = _mixture.Components(job, started, names);
        MixtureFit<StudentT> fit = StudentMixture.Fit(job.Table.Rows, components, options, job.Cancellation);
        FitFigures figures = FitFigures.Of(fit);
        FittedStudentMixture model = new(this, fit, options.Covariance) { LabelNames = names };
        ParameterEstimates? errors = _standardErrors.Of(
            job, (wanted, stop) => fit.StandardErrors(job.Table.Rows, wanted, stop), (wanted, stop) => fit.Bootstrap(job.Table.Rows, wanted, stop));
        return new ModelFit(model, figures, [.. FitWarnings.Of(figures, model, _mixture.IsGiven(job, started), job.Settings), .. StandardErrorTable.Warnings(errors)]) { StandardErrors = errors };
    }

    public override FittedModel Load(ModelFile file) => new FittedStudentMixture(
        this, file.ToStudentMixture(), GaussianMixtureFile.StructureOf(file.Settings.GetValueOrDefault(GaussianMixtureFile.CovarianceSetting, "full"))!.Value);
}
